import type { Severity } from './severity.ts';

/**
 * A distribution's own word on a vulnerability in one of its packages. Source: Debian security tracker,
 * "no-dsa", sub-states; CSAF product status for the others.
 */
export type Triage =
  | 'not_affected'
  | 'no_dsa'
  | 'fix_deferred'
  | 'will_not_fix'
  | 'end_of_life'
  | 'under_investigation'
  | 'negligible';

/** Half-open unless `lastAffected` is used. Source: OSV schema 1.6, `affected[].ranges[].events`. */
export interface VersionRange {
  /** Inclusive; absent means from the first version on. */
  readonly introduced?: string;
  /** Exclusive. */
  readonly fixed?: string;
  /** Inclusive. */
  readonly lastAffected?: string;
}

export type AdvisoryKind = 'vulnerability' | 'notice' | 'malware';

/**
 * One published statement about the versions of one package in one ecosystem: what the database keeps under
 * (ecosystem, name). Carries no prose: ids, ranges, triage, severity, dates and links only.
 */
export interface AdvisoryEntry {
  /** The record's own id: `CVE-2019-1547`, `GHSA-…`, `PYSEC-…`, `GO-…`. */
  readonly id: string;
  /** Other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  /** The updater that brought it: `debian-tracker`, `alpine-secdb`, `osv`. */
  readonly feed: string;
  /** The database's own ecosystem key: `Debian:12`, `Alpine:v3.10`, `PyPI`, `npm`, `Go`. */
  readonly ecosystem: string;
  /** Package name as the ecosystem's key, already normalised (PyPI: PEP 503). Source package for distributions. */
  readonly name: string;
  readonly kind: AdvisoryKind;
  /** Affected where any range or any listed version matches. Empty with no versions: nothing is affected. */
  readonly ranges: readonly VersionRange[];
  /** Versions listed one by one. */
  readonly versions?: readonly string[];
  /** The distribution's triage for this package in this release. */
  readonly triage?: Triage;
  /** The distribution's reason, as a short marker, never prose (`postponed`, `ignored`). */
  readonly triageReason?: string;
  /** Severity in the source's own words, mapped; absent when it says nothing. */
  readonly severity?: Severity;
  /** CVSS vector strings, newest version first. */
  readonly cvss?: readonly string[];
  /** RFC 3339; absent when the record has none or a placeholder (`0001-01-01`). */
  readonly published?: string;
  readonly modified?: string;
  /** The record page. */
  readonly url?: string;
  /** Set where the record says of itself that nobody reviewed it. */
  readonly unreviewed?: boolean;
  /** Affected symbols by import path (Go). */
  readonly symbols?: Readonly<Record<string, readonly string[]>>;
}

/** One row of CISA's Known Exploited Vulnerabilities catalogue. Dates: `YYYY-MM-DD`. */
export interface KnownExploited {
  readonly id: string;
  readonly dateAdded: string;
  readonly dueDate?: string;
  readonly ransomware: boolean;
}

/** FIRST EPSS: probabilities in 0..1. */
export interface Epss {
  readonly id: string;
  readonly score: number;
  readonly percentile: number;
  /** Day of the score, `YYYY-MM-DD`. */
  readonly date?: string;
}

/** The end of support of one release cycle of a product. Dates: `YYYY-MM-DD`. */
export interface EndOfLife {
  /** Product key of endoflife.date: `debian`, `alpine`, `python`. */
  readonly product: string;
  readonly cycle: string;
  readonly codename?: string;
  readonly released?: string;
  /** End of regular support; `true` = ended on an unstated day, `false` = not ended. */
  readonly eol?: string | boolean;
  /** End of extended or long-term support. */
  readonly extended?: string | boolean;
}
