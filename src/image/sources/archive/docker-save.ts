import { createHash } from 'node:crypto';
import { sniffCompression } from '../../../archive/index.ts';
import { LIMITS, PratiqueError } from '../../../kit/index.ts';
import {
  type Digest,
  formatPlatform,
  formatReference,
  isDigest,
  parseReference,
  platformMatches,
} from '../../../model/index.ts';
import { parseConfig } from '../../config.ts';
import { Fields } from '../../fields.ts';
import type { BlobLayer, Image, ImageConfig } from '../../image.ts';
import { parseJson } from '../../json.ts';
import type { Choice } from '../../locate.ts';
import type { ResolveRequest } from '../../resolve.ts';
import { sha256Of, verifyBytes } from '../../verify.ts';
import type { TarFile } from './tar-file.ts';

/** One entry of manifest.json: paths inside the archive. */
export interface SavedImage {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

const ENTRY = ['Config', 'RepoTags', 'Layers', 'Parent', 'LayerSources'];

/**
 * Reads a docker-save archive's manifest.json. Throws INPUT_INVALID, LIMIT_EXCEEDED. Source: Docker Image
 * Specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
 */
export function parseSavedImages(bytes: Uint8Array, where: string): readonly SavedImage[] {
  const place = `${where} (manifest.json)`;
  const list = parseJson(bytes, place, LIMITS.manifestBytes);
  if (!Array.isArray(list) || list.length === 0) {
    const what = Array.isArray(list) ? 'an empty list' : `no list`;
    throw new PratiqueError('INPUT_INVALID', `manifest.json is ${what}, so there is no image`, {
      where: place,
    });
  }
  if (list.length > LIMITS.indexEntries) {
    const message = `manifest.json lists ${list.length} images; ${LIMITS.indexEntries} is the limit`;
    throw new PratiqueError('LIMIT_EXCEEDED', message, { where: place });
  }
  return list.map((value: unknown, at) => {
    const fields = new Fields(value, `image ${at + 1} of manifest.json`, place, ENTRY);
    const config = fields.string('Config');
    const layers = fields.strings('Layers');
    if (!config) throw fields.wrong(`${fields.what} names no config`);
    if (layers.length > LIMITS.layers) {
      const message = `${fields.what} has ${layers.length} layers; ${LIMITS.layers} is the limit`;
      throw new PratiqueError('LIMIT_EXCEEDED', message, { where: place });
    }
    return { config, tags: fields.strings('RepoTags'), layers };
  });
}

/**
 * Opens an image of a docker-save archive that has no manifest: it has the config's digest, and none of its own.
 * A layer that is a plain tar must have the diff id that the config states as its digest, which whoever reads it
 * checks. A packed one is read once here for its digest. Throws USAGE, listing them, when
 * several images are left; INPUT_NOT_FOUND when none has that name; PLATFORM_NOT_FOUND, INPUT_INVALID,
 * DIGEST_MISMATCH.
 */
export async function openDockerSave(file: TarFile, choice: Choice, request: ResolveRequest): Promise<Image> {
  const where = request.name;
  const bytes = await neededFile(file, 'manifest.json', LIMITS.manifestBytes, where);
  const saved = chooseSaved(parseSavedImages(bytes, where), choice, where);
  const configBytes = await readSavedConfig(file, saved, where);
  const config = parseConfig(configBytes, `${where} (${saved.config})`);
  if (saved.layers.length !== config.diffIds.length) {
    const message = `manifest.json lists ${saved.layers.length} layers and the config ${config.diffIds.length}`;
    throw new PratiqueError('INPUT_INVALID', message, { where });
  }
  refuseOtherPlatform(config, request);
  const layers: BlobLayer[] = [];
  for (const [index, path] of saved.layers.entries()) {
    layers.push(await layerOf(file, path, index, config, request));
  }
  return {
    name: where,
    source: request.source,
    ...(config.platform === undefined ? {} : { platform: config.platform }),
    annotations: {},
    config,
    layers,
    documents: { config: configBytes },
    close: () => file.close(),
  };
}

/** The bytes of a saved image's config, verified where its name is a digest. Throws as `openDockerSave`. */
export async function readSavedConfig(file: TarFile, saved: SavedImage, where: string): Promise<Uint8Array> {
  const digest = digestInName(saved.config);
  if (digest === undefined && file.index.repeated.has(saved.config)) {
    const message = `the archive holds ${saved.config} twice`;
    throw new PratiqueError('INPUT_INVALID', message, { where });
  }
  const bytes = await neededFile(file, saved.config, LIMITS.configBytes, where);
  if (digest !== undefined) verifyBytes(bytes, { digest }, `${where} (${saved.config})`);
  return bytes;
}

/** `<hex>.json` as Docker names it, `sha256:<hex>` as others do, `blobs/sha256/<hex>` as in a layout. */
export function digestInName(path: string): Digest | undefined {
  const hex = /^(?:sha256:|blobs\/sha256\/)?([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1];
  const digest = `sha256:${hex}`;
  return isDigest(digest) ? digest : undefined;
}

function chooseSaved(images: readonly SavedImage[], choice: Choice, where: string): SavedImage {
  const { tag, digest } = choice;
  const fitting = images.filter(({ tags, config }) => {
    if (digest !== undefined) return digestInName(config) === digest;
    return tag === undefined || tags.some((have) => have === tag || canonical(have) === canonical(tag));
  });
  const [only, another] = fitting;
  const listed = images.map(({ tags, config }) => tags[0] ?? config).slice(0, 20);
  const there = `there is: ${listed.join(', ').slice(0, 2000)}`;
  if (only === undefined) {
    const message = `there is no image ${(tag ?? digest ?? '').slice(0, 100)} in the archive`;
    throw new PratiqueError('INPUT_NOT_FOUND', message, { where, hint: there });
  }
  if (another === undefined) return only;
  throw new PratiqueError('USAGE', `there are ${fitting.length} images in the archive`, {
    where,
    hint: `choose one with docker-archive:PATH:NAME:TAG; ${there}`,
  });
}

function canonical(name: string): string {
  const reference = parseReference(name);
  return 'invalid' in reference ? name : formatReference(reference);
}

function refuseOtherPlatform(config: ImageConfig, request: ResolveRequest): void {
  const want = request.platform;
  const have = config.platform;
  if (want === undefined || have === undefined || platformMatches(want, have)) return;
  throw new PratiqueError('PLATFORM_NOT_FOUND', `there is no image for ${formatPlatform(want)}`, {
    where: request.name,
    hint: `there is: ${formatPlatform(have)}`,
  });
}

async function neededFile(file: TarFile, path: string, maxBytes: number, where: string): Promise<Uint8Array> {
  const bytes = await file.read(path, maxBytes);
  if (bytes !== undefined) return bytes;
  throw new PratiqueError('INPUT_INVALID', `the archive has no file ${path.slice(0, 200)}`, { where });
}

const LAYER = 'application/vnd.docker.image.rootfs.diff.tar';

async function layerOf(
  file: TarFile,
  path: string,
  index: number,
  config: ImageConfig,
  request: ResolveRequest,
): Promise<BlobLayer> {
  const size = file.sizeOf(path);
  const diffId = config.diffIds[index];
  if (size === undefined || diffId === undefined) {
    const message = `the archive has no file ${path.slice(0, 200)}, which is layer ${index + 1}`;
    throw new PratiqueError('INPUT_INVALID', message, { where: request.name });
  }
  const packing = sniffCompression(await headOf(await file.open(path, request.signal)));
  const packed = packing === 'gzip' || packing === 'zstd';
  const mediaType = packed ? `${LAYER}.${packing}` : LAYER;
  const digest = packed ? await digestOf(await file.open(path, request.signal)) : undefined;
  const known = digest === undefined ? { expected: diffId } : { digest };
  return {
    kind: 'blob',
    ref: { index, diffId, ...(digest === undefined ? {} : { digest }) },
    descriptor: { mediaType, size, ...known },
    open: (signal) => file.open(path, signal),
  };
}

/** More than any signature of a compression needs. */
async function headOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  for await (const chunk of chunks) return chunk.subarray(0, 64);
  return new Uint8Array();
}

async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** Whether one of the saved images is the one with this config: the two tables of contents must not disagree. */
export async function agreesWithManifest(
  file: TarFile,
  image: { readonly config: Digest; readonly layers: readonly Digest[] },
  where: string,
): Promise<boolean> {
  const bytes = await neededFile(file, 'manifest.json', LIMITS.manifestBytes, where);
  for (const saved of parseSavedImages(bytes, where)) {
    const digest = digestInName(saved.config) ?? sha256Of(await readSavedConfig(file, saved, where));
    const named = saved.layers.map(digestInName);
    const same = named.length === image.layers.length;
    if (
      digest === image.config &&
      same &&
      named.every((one, at) => one === undefined || one === image.layers[at])
    ) {
      return true;
    }
  }
  return false;
}
