import { createHash } from 'node:crypto';
import type { Layer } from '../image/index.ts';
import { LIMITS } from '../kit/index.ts';
import type { Catalog, Diagnostic, Distro, LayerRef, Package } from '../model/index.ts';
import { filesIn } from './ownership.ts';
import { joinSections, packText, splitSections, unpackText } from './sections.ts';

/** A finished catalog in parts: what is kept of it between runs. */
export interface CatalogParts {
  readonly distro: Distro | undefined;
  readonly packages: readonly Package[];
  readonly diagnostics: readonly Diagnostic[];
  /** For each package that has lists of files, which of `texts` they are. */
  readonly lists: ReadonlyMap<Package, readonly number[]>;
  /** The lists, as their database has them; unpacked when somebody asks. */
  texts(): readonly string[];
}

const FORMAT = 2;
const MARK = Buffer.from(`pratique catalog ${FORMAT}\n`, 'latin1');

/**
 * Under which name the catalog of these layers is kept: their blobs' digests in order, all of which were checked when
 * the blobs were read. Undefined when a layer has none (a folder, an archive without digests): then nothing is kept.
 */
export function catalogKeyOf(layers: readonly Layer[]): string | undefined {
  const digests = layers.map((layer) => (layer.kind === 'blob' ? layer.descriptor.digest : undefined));
  if (digests.length === 0 || digests.includes(undefined)) return undefined;
  return createHash('sha256')
    .update(`${FORMAT}\n${digests.join('\n')}`)
    .digest('hex');
}

export function catalogOf(parts: CatalogParts): Catalog {
  const { distro, packages, diagnostics, lists } = parts;
  let texts: readonly string[] | undefined;
  return {
    distro,
    packages,
    diagnostics,
    filesOf: (pkg) => {
      const own = lists.get(pkg);
      if (own === undefined) return pkg.locations;
      texts ??= parts.texts();
      return filesIn(own.map((index) => texts?.[index] ?? ''));
    },
  };
}

/** The layer of a package is kept as its index: digests and diff ids are those of the image that asks. */
export function encodeCatalog(parts: CatalogParts): Uint8Array {
  const { distro, packages, diagnostics, lists } = parts;
  const rows = packages.map((pkg) => ({ ...pkg, layer: pkg.layer.index, lists: lists.get(pkg) }));
  return joinSections(MARK, [
    packText(JSON.stringify({ distro, packages: rows, diagnostics })),
    packText(parts.texts().join('\0')),
  ]);
}

/** Reads what `encodeCatalog` wrote; undefined for anything else, be it damaged or of another format. */
export function decodeCatalog(bytes: Uint8Array, layers: readonly LayerRef[]): CatalogParts | undefined {
  try {
    const [facts, texts] = splitSections(MARK, bytes);
    if (facts === undefined || texts === undefined) return undefined;
    const stored = JSON.parse(unpackText(facts, LIMITS.layerRecordBytes * 8)) as Stored;
    const lists = new Map<Package, readonly number[]>();
    const packages = stored.packages.map(({ lists: own, layer, ...rest }) => {
      const pkg: Package = { ...rest, layer: layers[layer] ?? { index: layer } };
      if (own !== undefined) lists.set(pkg, own);
      return pkg;
    });
    return {
      distro: stored.distro,
      packages,
      diagnostics: stored.diagnostics,
      lists,
      texts: () => unpackText(texts, LIMITS.layerOwnedPathBytes * 4).split('\0'),
    };
  } catch {
    return undefined;
  }
}

/** The checksum says that these are our own bytes. */
interface Stored {
  readonly distro?: Distro;
  readonly packages: readonly (Omit<Package, 'layer'> & { layer: number; lists?: readonly number[] })[];
  readonly diagnostics: readonly Diagnostic[];
}
