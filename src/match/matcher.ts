import type { AdvisoryDatabase } from '../advisory/index.ts';
import type {
  AdvisoryEntry,
  Diagnostic,
  Distro,
  FindingStatus,
  Package,
  VersionRange,
} from '../model/index.ts';

/** One advisory entry held against one package, before severity, KEV, EPSS and receipts are joined. */
export interface Match {
  readonly package: Package;
  readonly entry: AdvisoryEntry;
  readonly status: FindingStatus;
  readonly fixedIn: string | null;
  /** The range that matched, or null when a listed version did. */
  readonly range: VersionRange | null;
  readonly lookedUp: string;
  readonly compared: string;
  readonly scheme: string;
  readonly note?: string;
}

export interface MatchContext {
  readonly distro: Distro | undefined;
  readonly database: AdvisoryDatabase;
}

/**
 * Holds packages of some purl types against the database. `ecosystem` says under which key its advisories lie,
 * undefined when it cannot tell (an unknown distribution). Never guesses: a version that does not parse gives
 * `undetermined`.
 */
export interface Matcher {
  readonly name: string;
  readonly purlTypes: readonly string[];
  /** The ecosystem whose feed must be there for this package. */
  ecosystem(pkg: Package, distro: Distro | undefined): string | undefined;
  match(pkg: Package, context: MatchContext): readonly Match[];
}

/** What matching a whole catalog gives. */
export interface MatchResult {
  readonly findings: readonly import('../model/index.ts').Finding[];
  readonly diagnostics: readonly Diagnostic[];
}
