import { describe, expect, it } from 'vitest';
import { makeImage, makeLayer, sha256, type TestImage } from '../../test/kit/images.ts';
import type { BlobLayer, Image } from './image.ts';
import { type BlobStore, resolveImage } from './resolve.ts';
import { validateImage } from './validate.ts';

const layers = [
  makeLayer([{ path: 'a', content: 'a' }], 'gzip'),
  makeLayer([{ path: 'b', content: 'b' }], 'zstd'),
];
const good = makeImage(layers);

async function imageOf(image: TestImage, blobs: ReadonlyMap<string, Buffer> = new Map()): Promise<Image> {
  async function* bytes(digest: string): AsyncGenerator<Uint8Array> {
    const stored = blobs.get(digest) ?? image.layers.find((layer) => layer.digest === digest)?.blob;
    for (const byte of stored ?? []) yield Uint8Array.of(byte);
  }
  const store: BlobStore = {
    complete: false,
    fetchManifest: async () => image.manifest,
    fetchBlob: async () => image.config,
    openBlob: async ({ digest }) => bytes(digest),
    has: async () => true,
    close: async () => undefined,
  };
  return resolveImage(store, { bytes: image.manifest }, { name: 'app', source: 'test' });
}

describe('validateImage', () => {
  it('gives what the layers are', async () => {
    expect(await validateImage(await imageOf(good))).toEqual(
      layers.map(({ digest, size, diffId, tar }) => ({ digest, size, diffId, unpackedSize: tar.length })),
    );
  });

  it('finds a layer that unpacks to something else than its diff id', async () => {
    const lying = makeImage(layers, {
      config: { rootfs: { type: 'layers', diff_ids: [layers[0]?.diffId, sha256('x')] } },
    });
    await expect(validateImage(await imageOf(lying))).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      where: 'app, layer 2',
    });
  });

  it('finds a layer of other bytes or another size', async () => {
    const [first] = layers;
    const changed = Buffer.from(first?.blob ?? '');
    changed[5] = (changed[5] ?? 0) ^ 1;
    for (const [bytes, code] of [
      [changed, 'DIGEST_MISMATCH'],
      [changed.subarray(1), 'SIZE_MISMATCH'],
      [Buffer.concat([changed, Buffer.alloc(1)]), 'SIZE_MISMATCH'],
      [Buffer.alloc(0), 'SIZE_MISMATCH'],
    ] as const) {
      const image = await imageOf(good, new Map([[first?.digest ?? '', bytes]]));
      await expect(validateImage(image)).rejects.toMatchObject({ code });
    }
  });

  it('finds an image that is not what its documents say', async () => {
    const image = await imageOf(good);
    const [first, second] = image.layers as readonly BlobLayer[];
    const documents = image.documents ?? {};
    if (first === undefined || second === undefined) throw new Error('two layers were made');
    const wrong: readonly (readonly [Partial<Image>, string])[] = [
      [{ digest: sha256('x') }, 'DIGEST_MISMATCH'],
      [{ config: { ...image.config, digest: sha256('x') } }, 'DIGEST_MISMATCH'],
      [{ config: { ...image.config, diffIds: [] } }, 'INPUT_INVALID'],
      [{ layers: [second, first] }, 'INPUT_INVALID'],
      [{ layers: [first] }, 'INPUT_INVALID'],
      [{ layers: [first, { ...second, ref: { ...second.ref, digest: sha256('x') } }] }, 'INPUT_INVALID'],
      [{ documents: { ...documents, manifest: Buffer.from('{}') } }, 'DIGEST_MISMATCH'],
    ];
    for (const [change, code] of wrong) {
      await expect(validateImage({ ...image, ...change })).rejects.toMatchObject({ code });
    }
  });
});
