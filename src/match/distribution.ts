import type { Distro, Package } from '../model/index.ts';
import type { LookUp } from './matcher.ts';

/**
 * Distributions write about source packages and their versions: one in five Debian binaries has another version
 * than its source (rebuilds, own numbering). A package without a source field is its own source.
 */
export function sourceOf(pkg: Package): LookUp {
  return pkg.source ?? { name: pkg.name, version: pkg.version };
}

/**
 * The ecosystem of a distribution that we have no feed for: named, so that the report can say which one is
 * missing. A derivative is never held against its parent's advisories: it has its own versions and fixes.
 */
export function otherEcosystem(distro: Distro): string {
  const name = `${distro.id.slice(0, 1).toUpperCase()}${distro.id.slice(1)}`;
  return distro.versionId === undefined ? name : `${name}:${distro.versionId}`;
}
