import { createHash } from 'node:crypto';
import type { Layer } from '../image/index.ts';
import { mapPooled } from '../kit/index.ts';
import type { Digest } from '../model/index.ts';
import type { LayerCache } from './cache.ts';
import type { FoundFile, FoundVersion } from './coalesce.ts';
import type { Facts } from './facts.ts';
import type { LayerRecord } from './record.ts';
import { type Request, refetch } from './refetch.ts';
import type { Router } from './router.ts';
import { type WalkContext, walkLayer } from './walk.ts';

/** How layers are read. */
export interface LayerReading {
  readonly router: Router;
  readonly cache: LayerCache | undefined;
  /** Layers read at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: ((progress: ScanProgress) => void) | undefined;
}

export interface ScanProgress {
  /** Layers that are done, of `layers`. */
  readonly layer: number;
  readonly layers: number;
  /** Bytes of blobs that are done, read or remembered, of `totalBytes`. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** One record for each layer, from the cache or from the blob; a layer that comes twice is read once. */
export async function readLayers(layers: readonly Layer[], reading: LayerReading): Promise<LayerRecord[]> {
  const totalBytes = layers.reduce((sum, layer) => sum + sizeOf(layer), 0);
  const shared = new Map<Digest, Promise<LayerRecord>>();
  const failed = new AbortController();
  let bytes = 0;
  let layer = 0;
  const report = (): void =>
    reading.progress?.({ layer, layers: layers.length, bytes: Math.min(bytes, totalBytes), totalBytes });
  const read = async (one: Layer): Promise<LayerRecord> => {
    let seen = 0;
    const onBytes = (more: number): void => {
      seen += more;
      bytes += more;
      report();
    };
    const record = await readOne(one, reading, { signal: joined(reading.signal, failed), onBytes });
    bytes += sizeOf(one) - seen;
    return record;
  };
  const records = await mapPooled(layers, reading.concurrency, async (one) => {
    const digest = claimedDigest(one);
    const running = digest === undefined ? undefined : shared.get(digest);
    const started = running ?? read(one);
    if (digest !== undefined) shared.set(digest, started);
    try {
      const record = await started;
      if (running !== undefined) bytes += sizeOf(one);
      layer += 1;
      report();
      return record;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  return records;
}

/** A file of the finished tree with all its facts; the lists of files that facts name are in `record`. */
export interface KnownFile {
  readonly path: string;
  /** Newest first, never empty. */
  readonly versions: readonly KnownVersion[];
}

export interface KnownVersion {
  readonly layer: number;
  readonly facts: readonly Facts[];
  readonly record: LayerRecord;
}

/** Reads again, in one pass a layer, the files that are known only under another path. */
export async function completeFiles(
  files: readonly FoundFile[],
  layers: readonly Layer[],
  records: readonly LayerRecord[],
  reading: LayerReading,
): Promise<KnownFile[]> {
  const requests = new Map<number, Map<string, Request>>();
  for (const file of files)
    for (const version of file.versions) {
      if (version.facts !== undefined) continue;
      const { layer } = version.content;
      const request = requestOf(file, version);
      const ofLayer = requests.get(layer) ?? new Map<string, Request>();
      requests.set(layer, ofLayer.set(keyOf(request), request));
    }
  const again = new Map<number, Refetched>();
  for (const [layer, wanted] of requests) {
    const one = layers[layer];
    if (one !== undefined) again.set(layer, await fetchAgain(one, [...wanted.values()], reading));
  }
  return files.map((file) => ({
    path: file.path,
    versions: file.versions.flatMap((version) => {
      const known = complete(file, version, records, again);
      return known === undefined ? [] : [known];
    }),
  }));
}

interface Refetched {
  readonly record: LayerRecord;
  readonly index: ReadonlyMap<string, number>;
}

function complete(
  file: FoundFile,
  version: FoundVersion,
  records: readonly LayerRecord[],
  again: ReadonlyMap<number, Refetched>,
): KnownVersion | undefined {
  const { layer, content, facts } = version;
  const record = records[content.layer];
  if (facts !== undefined) return record === undefined ? undefined : { layer, facts, record };
  const refetched = again.get(content.layer);
  const index = refetched?.index.get(keyOf(requestOf(file, version)));
  const found = index === undefined ? undefined : refetched?.record.files[index];
  if (refetched === undefined || found === undefined) return undefined;
  const counting = found.facts.filter(({ cataloger }) => file.only?.includes(cataloger) ?? true);
  return { layer, facts: counting, record: refetched.record };
}

function requestOf(file: FoundFile, { content }: FoundVersion): Request {
  return { member: content.member, seq: content.seq, as: file.path };
}

function keyOf({ seq, as }: Request): string {
  return `${seq} ${as}`;
}

async function fetchAgain(
  layer: Layer,
  requests: readonly Request[],
  reading: LayerReading,
): Promise<Refetched> {
  const index = new Map(requests.map((request, at) => [keyOf(request), at] as const));
  const digest = claimedDigest(layer);
  const { fingerprint } = reading.router;
  const part = createHash('sha256').update(JSON.stringify(requests)).digest('hex').slice(0, 24);
  const key = digest === undefined ? undefined : { digest, fingerprint, part };
  const cached = key === undefined ? undefined : await reading.cache?.get(key);
  if (cached?.files.length === requests.length) return { record: cached, index };
  const context: WalkContext = reading.signal === undefined ? {} : { signal: reading.signal };
  const record = await refetch(layer, requests, reading.router, context);
  if (key !== undefined) await reading.cache?.put(key, record);
  return { record, index };
}

async function readOne(
  layer: Layer,
  { router, cache }: LayerReading,
  context: WalkContext,
): Promise<LayerRecord> {
  const digest = claimedDigest(layer);
  const key = digest === undefined ? undefined : { digest, fingerprint: router.fingerprint };
  const cached = key === undefined ? undefined : await cache?.get(key);
  if (cached !== undefined) return cached;
  const record = await walkLayer(layer, router, context);
  if (key !== undefined) await cache?.put(key, record);
  return record;
}

/**
 * The digest that the manifest names; a record is stored under it only after the blob was read and had it. A layer
 * that has only a diff id is always read.
 */
function claimedDigest(layer: Layer): Digest | undefined {
  return layer.kind === 'blob' ? layer.descriptor.digest : undefined;
}

function sizeOf(layer: Layer): number {
  return layer.kind === 'blob' ? layer.descriptor.size : 0;
}

function joined(signal: AbortSignal | undefined, failed: AbortController): AbortSignal {
  return signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
}
