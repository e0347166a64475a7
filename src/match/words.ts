import type { AdvisoryEntry, Epss, Finding, KnownExploited, Triage, VersionRange } from '../model/index.ts';
import { cvssScores } from './rate.ts';

/** A range as a person says it. */
export function rangeWords(range: VersionRange | null): string {
  if (range === null) return 'listed version by version';
  const from =
    range.introduced === undefined || range.introduced === '0' ? undefined : `from ${range.introduced}`;
  const to =
    range.fixed !== undefined
      ? `before ${range.fixed}`
      : range.lastAffected !== undefined
        ? `up to ${range.lastAffected}`
        : undefined;
  if (from === undefined && to === undefined) return 'every version';
  return [from, to ?? 'on'].filter((part) => part !== undefined).join(' ');
}

/** All ranges of an entry, and how many versions it lists besides. */
export function affectedWords(entry: AdvisoryEntry): string {
  const listed = entry.versions?.length ?? 0;
  const parts = entry.ranges.map(rangeWords);
  if (listed > 0) parts.push(`${listed} listed version${listed === 1 ? '' : 's'}`);
  return parts.length === 0 ? 'no version' : parts.join('; ');
}

/** What the distribution's triage means. Source: Debian security tracker, "no-dsa" and its sub-states. */
export const TRIAGE_WORDS: Readonly<Record<Triage, string>> = {
  not_affected: 'not affected: the vulnerable code is not in this release',
  no_dsa: 'real but minor: no advisory of its own, perhaps fixed by a point release',
  fix_deferred: 'real; the fix will come together with the next update of the package',
  will_not_fix: 'real; it will not be fixed in this release',
  end_of_life: 'the package or release is no longer supported: nobody will fix it',
  under_investigation: 'not decided yet whether it is affected',
  negligible: 'no security effect in the package as the distribution builds it',
};

export function triageWords(triage: Triage, reason: string | undefined): string {
  const marker = reason === undefined || reason === '' ? '' : `, marked "${reason}"`;
  return `${triage} (${TRIAGE_WORDS[triage]})${marker}`;
}

/** Each scored vector: `9.8 critical (CVSS:3.1/…)`. */
export function cvssWords(entries: readonly AdvisoryEntry[]): string[] {
  return cvssScores(entries).map(
    ({ score, severity, vector }) => `${score.toFixed(1)} ${severity} (${vector})`,
  );
}

export function severityWords({ severity, severitySource }: Finding): string {
  return severitySource === undefined
    ? `${severity} (no source rates it)`
    : `${severity}, by ${severitySource}`;
}

export function exploitedWords(row: KnownExploited | undefined): string {
  if (row === undefined) return 'not in CISA’s catalogue';
  const due = row.dueDate === undefined ? '' : `, to be fixed by ${row.dueDate}`;
  return `yes, in CISA’s catalogue since ${row.dateAdded}${due}${row.ransomware ? ', used by ransomware' : ''}`;
}

export function epssWords(epss: Omit<Epss, 'id'> | null): string {
  if (epss === null) return 'no EPSS score';
  const date = epss.date === undefined ? '' : `, of ${epss.date}`;
  const above = (epss.percentile * 100).toFixed(0);
  return `${(epss.score * 100).toFixed(1)} % within 30 days (above ${above} % of all CVEs${date})`;
}
