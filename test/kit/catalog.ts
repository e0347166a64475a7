import type { Cataloger, CatalogFile, CatalogSink } from '../../src/catalog/cataloger.ts';
import type { Diagnostic, Distro, PackageFact } from '../../src/model/index.ts';

export interface Collected {
  readonly packages: PackageFact[];
  /** Owned paths by owner key, one entry for each call. */
  readonly owned: Map<string, string[]>;
  readonly distros: Distro[];
  readonly diagnostics: Diagnostic[];
}

/** Hands one file to a cataloger, whole or in chunks of `chunkBytes`, and returns all that it says. */
export function catalogFile(
  cataloger: Cataloger,
  path: string,
  content: string | Uint8Array,
  chunkBytes = 64 * 1024,
): Collected {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  const file: CatalogFile = { path, size: bytes.length, mode: 0o755 };
  const { collected, sink } = collector();
  if (cataloger.catalog !== undefined) {
    cataloger.catalog(file, bytes, sink);
    return collected;
  }
  const stream = cataloger.stream?.(file, bytes.subarray(0, chunkBytes), sink);
  for (let at = 0; stream !== undefined && at < bytes.length; at += chunkBytes) {
    // A copy that is wiped afterwards: a cataloger that keeps a chunk without copying it fails here.
    const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
    stream.data(chunk);
    chunk.fill(0x5a);
  }
  stream?.end();
  return collected;
}

export function collector(): { collected: Collected; sink: CatalogSink } {
  const collected: Collected = { packages: [], owned: new Map(), distros: [], diagnostics: [] };
  const sink: CatalogSink = {
    package: (fact) => void collected.packages.push(fact),
    owns: (key, paths) => {
      const lines = paths.split('\n').filter((line) => line !== '');
      collected.owned.set(key, [...(collected.owned.get(key) ?? []), ...lines]);
    },
    distro: (distro) => void collected.distros.push(distro),
    diagnostic: (diagnostic) => void collected.diagnostics.push(diagnostic),
  };
  return { collected, sink };
}

/** `name@version`, the short form that tables of expectations use; a namespace comes first. */
export function labels(packages: readonly PackageFact[]): string[] {
  return packages.map(
    (fact) => `${fact.namespace === undefined ? '' : `${fact.namespace}/`}${fact.name}@${fact.version}`,
  );
}
