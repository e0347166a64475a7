import { type AdvisoryEntry, type Severity, severityRank, type Triage } from '../model/index.ts';
import { type CvssScore, cvssScore } from './cvss.ts';
import type { Matcher } from './matcher.ts';

/** A severity with whose word it is: a feed's name, or `cvss`. */
export interface Rated {
  readonly severity: Severity;
  readonly source?: string;
}

/**
 * The distribution's word first, then the ecosystem's, then the highest base score of the records' CVSS vectors;
 * `unknown` when nobody says anything. Malware is critical whatever else is said.
 */
export function rate(
  kind: Matcher['kind'],
  entries: readonly AdvisoryEntry[],
  score: (vector: string) => CvssScore | undefined = cvssScore,
): Rated {
  const malware = entries.find((entry) => entry.kind === 'malware');
  if (malware !== undefined) return { severity: 'critical', source: malware.feed };
  const own = kind === 'distribution' ? entries.filter((entry) => entry.feed !== AGGREGATOR) : [];
  return worst(own.flatMap(ownWord)) ?? worst(entries.flatMap(statedWord)) ?? byCvss(entries, score);
}

/** Every vector of the records that can be scored, the highest first. */
export function cvssScores(entries: readonly AdvisoryEntry[]): CvssScore[] {
  const vectors = new Set(entries.flatMap((entry) => entry.cvss ?? []));
  return [...vectors].flatMap((vector) => cvssScore(vector) ?? []).sort((a, b) => b.score - a.score);
}

/** Passes on what others say, so a distribution's own feed goes before it. */
const AGGREGATOR = 'osv';

/** Debian calls an issue "no-dsa" when it is too minor for an advisory of its own: its word, where it gives no other. */
const SEVERITY_OF_TRIAGE: Partial<Record<Triage, Severity>> = { negligible: 'negligible', no_dsa: 'low' };

function ownWord(entry: AdvisoryEntry): Rated[] {
  const stated = statedWord(entry);
  if (stated.length > 0 || entry.triage === undefined) return stated;
  const severity = SEVERITY_OF_TRIAGE[entry.triage];
  return severity === undefined ? [] : [{ severity, source: entry.feed }];
}

function statedWord(entry: AdvisoryEntry): Rated[] {
  if (entry.severity === undefined || entry.severity === 'unknown') return [];
  return [{ severity: entry.severity, source: entry.feed }];
}

function worst(rated: readonly Rated[]): Rated | undefined {
  return [...rated].sort((a, b) => severityRank(a.severity) - severityRank(b.severity))[0];
}

/** Of each record the newest version of CVSS that can be scored counts. */
function byCvss(entries: readonly AdvisoryEntry[], score: typeof cvssScore): Rated {
  const scores = entries
    .flatMap((entry) => newestScore(entry, score) ?? [])
    .sort((a, b) => b.score - a.score);
  const highest = scores[0];
  return highest === undefined ? { severity: 'unknown' } : { severity: highest.severity, source: 'cvss' };
}

function newestScore(entry: AdvisoryEntry, score: typeof cvssScore): CvssScore | undefined {
  for (const vector of entry.cvss ?? []) {
    const scored = score(vector);
    if (scored !== undefined) return scored;
  }
  return undefined;
}
