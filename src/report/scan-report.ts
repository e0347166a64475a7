import type {
  Diagnostic,
  Digest,
  Distro,
  Finding,
  LayerRef,
  Severity,
  SourcePackage,
} from '../model/index.ts';

/** The result of one scan: what every reporter gets, and the shape of `--format json` (schema: docs/schema). */
export interface ScanReport {
  /** Version of this shape; raised only by a change that breaks readers. */
  readonly schemaVersion: 1;
  readonly subject: ReportSubject;
  readonly distro: ReportDistro | null;
  readonly packages: readonly ReportPackage[];
  readonly findings: readonly Finding[];
  /** What to upgrade, worst first: each entry settles all the findings that it names. */
  readonly upgrades: readonly Upgrade[];
  readonly summary: ReportSummary;
  readonly diagnostics: readonly Diagnostic[];
  readonly inputs: ReportInputs;
}

export interface ReportSubject {
  readonly name: string;
  readonly source: string;
  readonly digest: Digest | null;
  readonly indexDigest: Digest | null;
  readonly mediaType: string | null;
  readonly platform: string | null;
  /** RFC 3339, the config's claim. */
  readonly created: string | null;
  readonly layers: readonly LayerRef[];
}

/** The distribution with the state of its support, from dated data. */
export interface ReportDistro extends Distro {
  readonly endOfLife: {
    readonly eol: string | boolean;
    readonly extended: string | boolean | null;
    readonly ended: boolean;
  } | null;
}

export interface ReportPackage {
  readonly purl: string;
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly source: SourcePackage | null;
  readonly layer: LayerRef;
  readonly locations: readonly string[];
  readonly ownedBy: string | null;
}

/** One step that a person can take: raise a source package (or a language package) to `to`. */
export interface Upgrade {
  readonly type: string;
  /** The source package for distributions, else the package itself. */
  readonly name: string;
  readonly from: string;
  /** The lowest version that settles every shown, fixable finding of it. */
  readonly to: string;
  readonly packages: readonly string[];
  readonly severity: Severity;
  readonly knownExploited: boolean;
  /** Indexes into `findings`, worst first. */
  readonly findings: readonly number[];
}

export interface ReportSummary {
  readonly packages: number;
  readonly packagesByType: Readonly<Record<string, number>>;
  readonly shown: number;
  readonly shownBySeverity: Readonly<Record<Severity, number>>;
  readonly fixable: number;
  readonly knownExploited: number;
  readonly hidden: number;
  /** Hidden findings by the receipt's reason. */
  readonly hiddenByReason: Readonly<Record<string, number>>;
  readonly undetermined: number;
  /** True when everything needed was read: the scan's exit code is 0, else 3. */
  readonly complete: boolean;
}

export interface ReportInputs {
  readonly tool: { readonly name: string; readonly version: string };
  /** RFC 3339: the clock value used. */
  readonly now: string;
  readonly database: {
    readonly digest: string;
    readonly builtAt: string;
    readonly feeds: readonly {
      readonly feed: string;
      readonly file: string;
      readonly date: string | null;
      readonly fetchedAt: string;
      readonly ageDays: number;
    }[];
  } | null;
}
