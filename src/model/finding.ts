import type { Triage, VersionRange } from './advisory.ts';
import type { Severity } from './severity.ts';

/** Source: OpenVEX and CSAF status words. */
export type FindingStatus = 'affected' | 'not_affected' | 'undetermined';

/** Who says that a finding need not be shown, in which record, read when, valid until when. */
export interface Receipt {
  /** `debian-tracker`, `kernel-in-container`, `package-ownership`, a VEX author, an exception owner. */
  readonly by: string;
  /** Stable marker of the reason: `negligible`, `not_affected`, `kernel`, `owned-by-os-package`. */
  readonly reason: string;
  /** One sentence for a person. */
  readonly statement: string;
  /** RFC 3339: when the source was read. */
  readonly readAt?: string;
  /** RFC 3339: until when it holds; absent means until the source changes. */
  readonly until?: string;
}

export interface Finding {
  /** The CVE where there is one, else the record's id. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly purl: string;
  readonly status: FindingStatus;
  readonly severity: Severity;
  /** Whose word the severity is: a feed's name, `cvss`, or absent when unknown. */
  readonly severitySource?: string;
  /** The lowest version that is free of it, in the version order of the ecosystem; null when none is known. */
  readonly fixedIn: string | null;
  readonly triage: Triage | null;
  readonly knownExploited: boolean;
  readonly epss: { readonly score: number; readonly percentile: number; readonly date?: string } | null;
  readonly shown: boolean;
  /** Why it is not shown; null when it is. */
  readonly receipt: Receipt | null;
  readonly evidence: FindingEvidence;
}

/** What was compared with what, for whoever doubts a match. */
export interface FindingEvidence {
  readonly feed: string;
  readonly recordId: string;
  readonly ecosystem: string;
  /** The name looked up: the source package for distributions. */
  readonly lookedUp: string;
  /** The version compared: the source version for distributions. */
  readonly compared: string;
  readonly scheme: string;
  readonly range: VersionRange | null;
  readonly url?: string;
  /** Says that the record was not reviewed, or why the status is undetermined. */
  readonly note?: string;
}
