import { LIMITS, PratiqueError } from '../kit/index.ts';
import {
  type Descriptor,
  type Digest,
  formatPlatform,
  isIndexType,
  type Platform,
  platformMatches,
} from '../model/index.ts';
import { parseConfig } from './config.ts';
import type { BlobLayer, Image, ImageConfig } from './image.ts';
import { isForeignLayer, refuseNonImage } from './kinds.ts';
import { type ImageIndex, type ImageManifest, parseDocument, parseIndex } from './manifest.ts';
import { choosePlatform } from './platform.ts';
import { sha256Of, verifyBytes } from './verify.ts';

/**
 * Where the parts of an image lie: a registry's repository, a layout folder, an archive. Nothing that it hands out
 * needs to be verified; `resolveImage` checks documents, and who reads a layer checks that.
 */
export interface BlobStore {
  /** A manifest or index, whole; it may refuse more than LIMITS.manifestBytes with LIMIT_EXCEEDED. */
  fetchManifest(descriptor: Descriptor, signal?: AbortSignal): Promise<Uint8Array>;
  /** An image config, whole; it may refuse more than LIMITS.configBytes with LIMIT_EXCEEDED. */
  fetchBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<Uint8Array>;
  /** The bytes of a layer as stored. */
  openBlob(descriptor: Descriptor, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Whether the bytes are there. It is asked of layers that may lie elsewhere; a `complete` store is asked of every
   * layer and of the entries of an index, because layouts often hold one platform of many.
   */
  has(descriptor: Descriptor, signal?: AbortSignal): Promise<boolean>;
  /** True where `has` costs nothing, and what is missing now will not come later. */
  readonly complete: boolean;
  close(): Promise<void>;
}

/** The document that the user's words lead to; a given digest is verified against the bytes. */
export interface RootDocument {
  readonly bytes: Uint8Array;
  readonly mediaType?: string | undefined;
  readonly digest?: Digest | undefined;
}

export interface ResolveRequest {
  /** As the user named it. */
  readonly name: string;
  /** The source's name. */
  readonly source: string;
  readonly platform?: Platform | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the image that `root` is, or that it lists for the platform asked for: every rule on manifests, indexes and
 * configs, the same for all sources. Verifies size and digest of all documents; layers stay unread. The image owns
 * the store from then on (`close`); when this throws, the caller closes it. Throws DIGEST_MISMATCH, SIZE_MISMATCH,
 * INPUT_INVALID, INPUT_UNRECOGNISED, UNSUPPORTED, PLATFORM_NOT_FOUND, LIMIT_EXCEEDED, and what the store throws.
 */
export async function resolveImage(
  store: BlobStore,
  root: RootDocument,
  request: ResolveRequest,
): Promise<Image> {
  const where = request.name;
  if (root.digest !== undefined) verifyBytes(root.bytes, { digest: root.digest }, where);
  const rootDigest = root.digest ?? sha256Of(root.bytes);
  const document = parseDocument(root.bytes, root.mediaType, where);
  if (document.kind === 'manifest') {
    return openManifest(store, document, { bytes: root.bytes, digest: rootDigest }, request);
  }
  const entries = await entriesOf(store, document, rootDigest, request);
  const chosen = choosePlatform(entries, request.platform, where);
  const bytes = await fetchDocument(store, chosen, request);
  const manifest = parseDocument(bytes, chosen.mediaType, `${where} (${chosen.digest})`);
  if (manifest.kind === 'index')
    throw new PratiqueError('INPUT_INVALID', 'an index where a manifest was promised', { where });
  const identity = { bytes, digest: chosen.digest, indexDigest: rootDigest, platform: chosen.platform };
  return openManifest(store, manifest, identity, request);
}

interface Identity {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly indexDigest?: Digest;
  readonly platform?: Platform | undefined;
}

/** All leaves of an index, nested ones in place of the index that lists them; no index is read twice. */
async function entriesOf(
  store: BlobStore,
  root: ImageIndex,
  rootDigest: Digest,
  request: ResolveRequest,
): Promise<readonly Descriptor[]> {
  const seen = new Set<Digest>([rootDigest]);
  const leaves: Descriptor[] = [];
  const pending = root.manifests.map((entry) => ({ entry, depth: 1 })).reverse();
  let listed = pending.length;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { entry, depth } = next;
    if (store.complete && !(await store.has(entry, request.signal))) continue;
    if (!isIndexType(entry.mediaType)) {
      leaves.push(entry);
      continue;
    }
    if (seen.has(entry.digest)) continue;
    seen.add(entry.digest);
    if (depth >= LIMITS.indexDepth) throw tooMuch(`indexes nested deeper than ${LIMITS.indexDepth}`, request);
    const bytes = await fetchDocument(store, entry, request);
    const { manifests } = parseIndex(bytes, entry.mediaType, `${request.name} (${entry.digest})`);
    listed += manifests.length;
    if (listed > LIMITS.indexEntries) throw tooMuch(`more than ${LIMITS.indexEntries} manifests`, request);
    for (const child of manifests.toReversed()) pending.push({ entry: child, depth: depth + 1 });
  }
  if (leaves.length === 0 && root.manifests.length > 0 && store.complete) {
    const message = 'none of the manifests that the index lists is there';
    throw new PratiqueError('INPUT_INVALID', message, { where: request.name });
  }
  return leaves;
}

function tooMuch(what: string, request: ResolveRequest): PratiqueError {
  return new PratiqueError('LIMIT_EXCEEDED', `the image has ${what}`, { where: request.name });
}

async function fetchDocument(
  store: BlobStore,
  descriptor: Descriptor,
  request: ResolveRequest,
): Promise<Uint8Array> {
  const where = `${request.name} (${descriptor.digest})`;
  if (descriptor.size > LIMITS.manifestBytes) {
    const message = `the manifest is larger than ${LIMITS.manifestBytes} bytes`;
    throw new PratiqueError('LIMIT_EXCEEDED', message, { where });
  }
  const bytes = await store.fetchManifest(descriptor, request.signal);
  verifyBytes(bytes, descriptor, where);
  return bytes;
}

async function openManifest(
  store: BlobStore,
  manifest: ImageManifest,
  identity: Identity,
  request: ResolveRequest,
): Promise<Image> {
  const where = request.name;
  refuseNonImage(manifest, where);
  const { bytes: configBytes, config } = await configOf(store, manifest, request);
  const { layers } = manifest;
  if (layers.length !== config.diffIds.length) {
    const message = `the manifest lists ${layers.length} layers and the config ${config.diffIds.length}`;
    throw new PratiqueError('INPUT_INVALID', message, { where });
  }
  refuseOtherPlatform(identity, config, request);
  await checkPresence(store, layers, request);
  const platform = config.platform ?? identity.platform;
  return {
    name: request.name,
    source: request.source,
    digest: identity.digest,
    ...(identity.indexDigest === undefined ? {} : { indexDigest: identity.indexDigest }),
    mediaType: manifest.mediaType,
    ...(platform === undefined ? {} : { platform }),
    annotations: manifest.annotations,
    config,
    layers: layers.map((descriptor, index) => layerOf(store, descriptor, index, config)),
    documents: { manifest: identity.bytes, config: configBytes },
    close: () => store.close(),
  };
}

async function configOf(
  store: BlobStore,
  manifest: ImageManifest,
  request: ResolveRequest,
): Promise<{ bytes: Uint8Array; config: ImageConfig }> {
  const where = `the config of ${request.name}`;
  if (manifest.config.size > LIMITS.configBytes) {
    const message = `the config is larger than ${LIMITS.configBytes} bytes`;
    throw new PratiqueError('LIMIT_EXCEEDED', message, { where });
  }
  const bytes = await store.fetchBlob(manifest.config, request.signal);
  verifyBytes(bytes, manifest.config, where);
  return { bytes, config: parseConfig(bytes, where, manifest.config.digest) };
}

/** Whoever asks for a platform must not be handed another one, whatever the index calls it. */
function refuseOtherPlatform(identity: Identity, config: ImageConfig, request: ResolveRequest): void {
  const have = config.platform ?? identity.platform;
  const want = request.platform;
  if (want === undefined || have === undefined || platformMatches(want, have)) return;
  const listed =
    identity.platform === undefined ? '' : `, though the index says ${formatPlatform(identity.platform)}`;
  const message = `there is no image for ${formatPlatform(want)}: its config says ${formatPlatform(have)}${listed}`;
  throw new PratiqueError('PLATFORM_NOT_FOUND', message, { where: request.name });
}

async function checkPresence(
  store: BlobStore,
  layers: readonly Descriptor[],
  request: ResolveRequest,
): Promise<void> {
  for (const [index, layer] of layers.entries()) {
    const foreign = isForeignLayer(layer.mediaType, layer.urls);
    if (!foreign && !store.complete) continue;
    if (await store.has(layer, request.signal)) continue;
    const where = request.name;
    const name = `layer ${index + 1} (${layer.digest})`;
    if (!foreign) throw new PratiqueError('INPUT_INVALID', `${name} is not there`, { where });
    throw new PratiqueError(
      'UNSUPPORTED',
      `${name} is foreign: its bytes lie elsewhere and are not fetched`,
      {
        where,
        hint: 'copy the image with its foreign layers (skopeo, or dockerd with allow-nondistributable-artifacts)',
      },
    );
  }
}

function layerOf(store: BlobStore, descriptor: Descriptor, index: number, config: ImageConfig): BlobLayer {
  const { mediaType, size, digest } = descriptor;
  const diffId = config.diffIds[index];
  return {
    kind: 'blob',
    ref: { index, digest, ...(diffId === undefined ? {} : { diffId }) },
    descriptor: { mediaType, size, digest },
    open: (signal) => store.openBlob(descriptor, signal),
  };
}
