import type { Image, Layer } from '../image/index.ts';
import { type Log, silentLog } from '../kit/index.ts';
import type { Catalog, Diagnostic, LayerRef, Package } from '../model/index.ts';
import type { LayerCache } from './cache.ts';
import {
  type CatalogParts,
  catalogKeyOf,
  catalogOf,
  decodeCatalog,
  encodeCatalog,
} from './catalog-record.ts';
import type { Cataloger } from './cataloger.ts';
import { coalesce } from './coalesce.ts';
import { completeFiles, type KnownFile, type LayerReading, readLayers, type ScanProgress } from './layers.ts';
import type { Overlay } from './overlay.ts';
import { findOwners, textReader } from './ownership.ts';
import { compare, gather, joinSightings, type OwnedText, ownerOf, verdictOnWhole } from './packages.ts';
import type { LayerRecord } from './record.ts';
import { compileRoutes, type Router } from './router.ts';

export interface CatalogOptions {
  readonly catalogers: readonly Cataloger[];
  /** What earlier runs found in these layers. */
  readonly cache?: LayerCache;
  /** Layers read at once; 2 unless told. */
  readonly concurrency?: number;
  readonly progress?: (progress: ScanProgress) => void;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

/**
 * What is inside an image. Reads each layer once, or not at all where the cache has it, lays the layers over each
 * other and keeps what is left. The same layers give the same catalog, wherever they come from and in whatever
 * order they were read. Throws DIGEST_MISMATCH, SIZE_MISMATCH, INPUT_INVALID, LIMIT_EXCEEDED and what the
 * image's source throws; what could not be read inside the image is a diagnostic.
 */
export async function catalogImage(image: Image, options: CatalogOptions): Promise<Catalog> {
  const { catalogers, cache, signal, progress, log = silentLog } = options;
  const router = compileRoutes(catalogers);
  const key = catalogKeyOf(image.layers);
  const known =
    key === undefined ? undefined : await cache?.getWhole({ key, fingerprint: router.fingerprint });
  const kept =
    known === undefined
      ? undefined
      : decodeCatalog(
          known,
          image.layers.map(({ ref }) => ref),
        );
  if (kept !== undefined) return catalogOf(kept);
  const reading: LayerReading = { router, cache, signal, progress, concurrency: options.concurrency ?? 2 };
  const parts = await readCatalog(image, reading, log);
  if (key !== undefined && cache !== undefined) {
    await cache.putWhole({ key, fingerprint: router.fingerprint }, encodeCatalog(parts));
    await cache.trim();
  }
  return catalogOf(parts);
}

async function readCatalog(image: Image, reading: LayerReading, log: Log): Promise<CatalogParts> {
  const { router } = reading;
  const records = await readLayers(image.layers, reading);
  const merged = coalesce(records, router);
  const files = await completeFiles(merged.files, image.layers, records, reading);
  log.debug('layers laid over each other', { layers: records.length, files: files.length });
  const layers = image.layers.map((layer, index) => refOf(layer, records[index]));
  const diagnostics = [...records.flatMap((record) => record.diagnostics), ...merged.diagnostics];
  return assemble(files, merged.overlay, diagnostics, { router, layers });
}

function assemble(
  files: readonly KnownFile[],
  overlay: Overlay,
  diagnostics: readonly Diagnostic[],
  context: { router: Router; layers: readonly LayerRef[] },
): CatalogParts {
  const findings = gather(files, context.router);
  const owners = findOwners(findings, overlay);
  const lists = new Map<Package, readonly number[]>();
  const places: OwnedText[] = [];
  const packages = joinSightings(findings, owners, context, (pkg, from) => {
    const own = from.flatMap(({ cataloger, fact }) =>
      fact.ownerKey === undefined ? [] : (findings.owned.get(ownerOf(cataloger, fact.ownerKey)) ?? []),
    );
    if (own.length > 0)
      lists.set(
        pkg,
        own.map((place) => places.push(place) - 1),
      );
  });
  return {
    distro: findings.distro,
    packages,
    diagnostics: sorted([...diagnostics, ...findings.diagnostics, ...verdictOnWhole(findings)]),
    lists,
    texts: () => places.map(textReader()),
  };
}

/** The layer with the digest of its blob as it was read, where the source knew none. */
function refOf({ ref }: Layer, record: LayerRecord | undefined): LayerRef {
  return ref.digest !== undefined || record?.digest === undefined ? ref : { ...ref, digest: record.digest };
}

/** Each diagnostic once, in an order that does not depend on the order of reading. */
function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const unique = new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]));
  return [...unique.values()].sort(
    (a, b) =>
      compare(a.code, b.code) || compare(a.where ?? '', b.where ?? '') || compare(a.message, b.message),
  );
}
