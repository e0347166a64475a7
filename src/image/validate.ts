import { createHash } from 'node:crypto';
import { decompress } from '../archive/index.ts';
import { PratiqueError } from '../kit/index.ts';
import type { Digest } from '../model/index.ts';
import { parseConfig } from './config.ts';
import type { BlobLayer, Image } from './image.ts';
import { parseManifest } from './manifest.ts';
import { verified, verifyBytes } from './verify.ts';

/** What a layer's bytes were found to be. Sizes in bytes. */
export interface ValidatedLayer {
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: Digest;
  readonly unpackedSize: number;
}

/**
 * Derives every digest, diff id and size of an image again from its bytes and compares: manifest, config, the layers
 * as stored and unpacked, and that all of them speak of the same. Reads every layer once; layers that are trees
 * have nothing to compare. Returns what the layers are. Throws DIGEST_MISMATCH, SIZE_MISMATCH, INPUT_INVALID.
 */
export async function validateImage(image: Image, signal?: AbortSignal): Promise<readonly ValidatedLayer[]> {
  checkDocuments(image);
  const found: ValidatedLayer[] = [];
  for (const [at, layer] of image.layers.entries()) {
    if (layer.ref.index !== at)
      throw wrong(image, `layer ${at + 1} calls itself layer ${layer.ref.index + 1}`);
    if (layer.kind === 'blob')
      found.push(await validateLayer(layer, `${image.name}, layer ${at + 1}`, signal));
  }
  return found;
}

function checkDocuments(image: Image): void {
  const { manifest, config } = image.documents ?? {};
  const blobs = image.layers.filter((layer) => layer.kind === 'blob');
  if (config !== undefined) {
    const { digest } = image.config;
    verifyBytes(config, digest === undefined ? {} : { digest }, `the config of ${image.name}`);
    const { diffIds } = parseConfig(config, image.name);
    if (!same(diffIds, image.config.diffIds)) throw wrong(image, 'the config was read wrongly');
    if (
      !same(
        diffIds,
        blobs.map(({ ref }) => ref.diffId),
      )
    )
      throw wrong(image, 'the layers have other diff ids');
  }
  if (manifest === undefined) return;
  verifyBytes(manifest, image.digest === undefined ? {} : { digest: image.digest }, image.name);
  const parsed = parseManifest(manifest, image.mediaType, image.name);
  if (parsed.config.digest !== image.config.digest) throw wrong(image, 'the manifest names another config');
  if (
    !same(
      parsed.layers.map(({ digest }) => digest),
      blobs.map(({ ref }) => ref.digest),
    )
  ) {
    throw wrong(image, 'the manifest names other layers');
  }
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

function wrong(image: Image, message: string): PratiqueError {
  return new PratiqueError('INPUT_INVALID', message, { where: image.name });
}

async function validateLayer(layer: BlobLayer, where: string, signal?: AbortSignal): Promise<ValidatedLayer> {
  const packed = createHash('sha256');
  const unpacked = createHash('sha256');
  let size = 0;
  let unpackedSize = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      packed.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  const { size: stored, digest: named, expected } = layer.descriptor;
  const wanted = named ?? expected;
  const claim = { size: stored, ...(wanted === undefined ? {} : { digest: wanted }) };
  const source = counted(verified(await layer.open(signal), claim, where));
  for await (const chunk of decompress(source, { where, ...(signal === undefined ? {} : { signal }) })) {
    unpacked.update(chunk);
    unpackedSize += chunk.length;
  }
  const diffId: Digest = `sha256:${unpacked.digest('hex')}`;
  if (layer.ref.diffId !== undefined && layer.ref.diffId !== diffId) {
    const message = `unpacked it is ${diffId}, not ${layer.ref.diffId}, which the config states`;
    throw new PratiqueError('DIGEST_MISMATCH', message, { where });
  }
  return { digest: `sha256:${packed.digest('hex')}`, size, diffId, unpackedSize };
}
