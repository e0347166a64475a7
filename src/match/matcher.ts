import type { Diagnostic, Distro, Finding, Package } from '../model/index.ts';

/** What is looked up for a package, and which of its versions is compared. */
export interface LookUp {
  /** The name as the ecosystem's key: the source package for distributions. */
  readonly name: string;
  /** The version as the ecosystem's feed writes it: the source version for distributions. */
  readonly version: string;
}

/**
 * Says for packages of some purl types where their advisories lie and how their versions are ordered. Data and
 * two small pure functions; holding a version against an entry is the same for all (see hold.ts).
 */
export interface Matcher {
  readonly name: string;
  readonly purlTypes: readonly string[];
  readonly kind: 'distribution' | 'language';
  /** The version order: a name of `src/version`. */
  readonly scheme: string;
  /** Whether its feeds also list what has no fix yet. Where not, their silence says nothing. */
  readonly listsUnfixed: boolean;
  /** The key under which the package's advisories lie, undefined when its distribution cannot be told. */
  ecosystem(pkg: Package, distro: Distro | undefined): string | undefined;
  lookUp(pkg: Package): LookUp;
}

/** What matching a whole catalog gives: findings sorted by purl, then by id. */
export interface MatchResult {
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
}
