import type { Diagnostic } from './diagnostic.ts';
import type { Distro } from './distro.ts';
import type { Package } from './package.ts';

/** What is inside an image: the SBOM. Packages are sorted by purl, then by first location. */
export interface Catalog {
  readonly distro: Distro | undefined;
  readonly packages: readonly Package[];
  readonly diagnostics: readonly Diagnostic[];
  /** The files of one package (its OS package database's word), or its locations. Paths without leading slash. */
  filesOf(pkg: Package): readonly string[];
}
