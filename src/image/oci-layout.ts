import { LIMITS, PratiqueError } from '../kit/index.ts';
import {
  type Descriptor,
  digestAlgorithm,
  digestHex,
  formatPlatform,
  formatReference,
  isIndexType,
  type Platform,
  parseReference,
  platformMatches,
} from '../model/index.ts';
import { Fields } from './fields.ts';
import type { Image } from './image.ts';
import { parseJson } from './json.ts';
import type { Choice } from './locate.ts';
import { parseIndex } from './manifest.ts';
import { choosePlatform, isRealImage } from './platform.ts';
import { type BlobStore, type ResolveRequest, type RootDocument, resolveImage } from './resolve.ts';
import { verifyBytes } from './verify.ts';

/** The files of a layout, wherever they lie: in a folder or in an archive. Paths have `/`. */
export interface LayoutFiles {
  /** The whole file; undefined where there is none. Throws LIMIT_EXCEEDED, and INPUT_INVALID for a folder. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Throws INPUT_INVALID where there is none. */
  open(path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Whether there is such a file. */
  has(path: string): Promise<boolean>;
  close(): Promise<void>;
}

const TAG = 'org.opencontainers.image.ref.name';
/** What containerd and `docker save` add: the full name. */
const FULL_NAME = 'io.containerd.image.name';

/**
 * Opens the image of an OCI layout that `choice` names; without one, the only image, or the one for the platform
 * where all entries are one image for several. Throws USAGE, listing them, when several images are left;
 * INPUT_NOT_FOUND when none has that name; and as `resolveImage` does. Source: OCI image spec 1.1, "OCI Image Layout".
 */
export async function openOciLayout(
  files: LayoutFiles,
  choice: Choice,
  request: ResolveRequest,
): Promise<Image> {
  const where = request.name;
  checkVersion(await needed(files, 'oci-layout', where), where);
  const index = parseIndex(await needed(files, 'index.json', where), undefined, `${where} (index.json)`);
  const store = storeOf(files, where);
  return resolveImage(store, await rootOf(store, index.manifests, choice, request), request);
}

function checkVersion(bytes: Uint8Array, where: string): void {
  const place = `${where} (oci-layout)`;
  const fields = new Fields(parseJson(bytes, place, LIMITS.manifestBytes), 'the oci-layout file', place);
  const version = fields.string('imageLayoutVersion');
  if (version === undefined) throw fields.wrong('the oci-layout file names no version');
  if (/^1\./.test(version)) return;
  const message = `the OCI layout has version "${version.slice(0, 20)}"; 1.x is understood`;
  throw new PratiqueError('UNSUPPORTED', message, { where: place });
}

async function needed(files: LayoutFiles, path: string, where: string): Promise<Uint8Array> {
  const bytes = await files.read(path, LIMITS.manifestBytes);
  if (bytes !== undefined) return bytes;
  throw new PratiqueError('INPUT_INVALID', `the OCI layout has no ${path}`, { where });
}

async function rootOf(
  store: BlobStore,
  entries: readonly Descriptor[],
  choice: Choice,
  request: ResolveRequest,
): Promise<RootDocument> {
  const { digest } = choice;
  const listed = entries.find((entry) => entry.digest === digest);
  if (digest !== undefined && listed === undefined) {
    const anonymous = { mediaType: 'application/json', digest, size: 0 };
    if (await store.has(anonymous))
      return { bytes: await store.fetchManifest(anonymous, request.signal), digest };
    throw notFound(digest, entries, request);
  }
  const chosen = listed ?? chooseEntry(entries, choice, request);
  const bytes = await store.fetchManifest(chosen, request.signal);
  verifyBytes(bytes, chosen, `${request.name} (${chosen.digest})`);
  return { bytes, mediaType: chosen.mediaType, digest: chosen.digest };
}

function chooseEntry(entries: readonly Descriptor[], choice: Choice, request: ResolveRequest): Descriptor {
  const { tag } = choice;
  const named = tag === undefined ? entries : entries.filter((entry) => hasName(entry, tag));
  if (tag !== undefined && named.length === 0) throw notFound(tag, entries, request);
  const images = distinct(named.filter((entry) => isIndexType(entry.mediaType) || isRealImage(entry)));
  const [only, another] = images;
  if (only !== undefined && another === undefined) return only;
  const fitting = images.filter((entry) => fits(entry, request.platform));
  if (request.platform !== undefined && fitting.length === 1 && fitting[0] !== undefined) return fitting[0];
  if (isOneImage(images)) return choosePlatform(named, request.platform, request.name);
  throw new PratiqueError('USAGE', `there are ${images.length} images here`, {
    where: request.name,
    hint: `choose one with oci:PATH:TAG or oci:PATH@DIGEST: ${list(images)}`,
  });
}

/** Several tags of one image are one image. */
function distinct(entries: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.digest, entry])).values()].reverse();
}

function fits(entry: Descriptor, want: Platform | undefined): boolean {
  return want !== undefined && entry.platform !== undefined && platformMatches(want, entry.platform);
}

/** The platforms of one image: manifests under one name (or none), each for another platform. */
function isOneImage(entries: readonly Descriptor[]): boolean {
  const platforms = entries.map(({ platform }) => (platform === undefined ? '' : formatPlatform(platform)));
  const names = new Set(entries.map((entry) => entry.annotations?.[TAG]));
  return entries.every(isRealImage) && names.size <= 1 && new Set(platforms).size === platforms.length;
}

function hasName(entry: Descriptor, wanted: string): boolean {
  const names = [entry.annotations?.[TAG], entry.annotations?.[FULL_NAME]];
  return names.some(
    (name) => name !== undefined && (name === wanted || canonical(name) === canonical(wanted)),
  );
}

function canonical(name: string): string {
  const reference = parseReference(name);
  return 'invalid' in reference ? name : formatReference(reference);
}

function notFound(wanted: string, entries: readonly Descriptor[], request: ResolveRequest): PratiqueError {
  return new PratiqueError('INPUT_NOT_FOUND', `there is no image ${wanted.slice(0, 100)} here`, {
    where: request.name,
    hint: entries.length === 0 ? 'the layout is empty' : `there is: ${list(entries)}`,
  });
}

function list(entries: readonly Descriptor[]): string {
  const lines = entries.slice(0, 20).map((entry) => {
    const name = entry.annotations?.[FULL_NAME] ?? entry.annotations?.[TAG];
    const platform = entry.platform === undefined ? undefined : formatPlatform(entry.platform);
    return [name, entry.digest, platform]
      .filter((part) => part !== undefined)
      .join(' ')
      .slice(0, 200);
  });
  return entries.length > 20 ? `${lines.join('; ')}; and ${entries.length - 20} more` : lines.join('; ');
}

function storeOf(files: LayoutFiles, where: string): BlobStore {
  const read = async (descriptor: Descriptor, maxBytes: number): Promise<Uint8Array> => {
    const bytes = await files.read(blobPath(descriptor), maxBytes);
    if (bytes !== undefined) return bytes;
    throw new PratiqueError('INPUT_INVALID', `the OCI layout has no blob ${descriptor.digest}`, {
      where,
    });
  };
  return {
    complete: true,
    fetchManifest: (descriptor) => read(descriptor, LIMITS.manifestBytes),
    fetchBlob: (descriptor) => read(descriptor, LIMITS.configBytes),
    openBlob: (descriptor, signal) => files.open(blobPath(descriptor), signal),
    has: (descriptor) => files.has(blobPath(descriptor)),
    close: () => files.close(),
  };
}

function blobPath({ digest }: Descriptor): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}
