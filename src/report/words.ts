import type { Finding } from '../model/index.ts';
import type { ReportDistro } from './scan-report.ts';

/** How the summing-up line speaks of a receipt's reason. */
export const REASON_WORDS: Readonly<Record<string, string>> = {
  negligible: 'negligible by the distribution’s word',
  kernel: 'in kernel packages (a container runs no kernel of its own)',
  under_investigation: 'still investigated by the distribution',
  'owned-by-os-package': 'settled by the distribution that ships the file',
  not_affected: 'not affected by the distribution’s word',
  not_asked_for: 'not asked for (--severity, --ignore-unfixed)',
  notice: 'notices that are no vulnerabilities',
};

/** What the triage means for the reader, in two words. */
export function statusNote(finding: Finding): string {
  if (finding.status === 'undetermined') return 'undetermined';
  const words: Record<string, string> = {
    no_dsa: 'minor, maybe by a point release',
    fix_deferred: 'fix deferred',
    will_not_fix: 'will not be fixed',
    end_of_life: 'no longer supported',
  };
  return finding.triage === null ? '' : (words[finding.triage] ?? '');
}

/** " · support ended 2024-08-14, long-term until 2026-08-31". */
export function supportLine(distro: ReportDistro): string {
  const state = distro.endOfLife;
  if (state === null) return '';
  const extended = typeof state.extended === 'string' ? `, long-term support until ${state.extended}` : '';
  if (typeof state.eol !== 'string') return state.ended ? ' · no longer supported' : '';
  return state.ended
    ? ` · regular support ended ${state.eol}${extended}`
    : ` · supported until ${state.eol}${extended}`;
}

/** The page to read about it: the feed's own, else the CVE list's. */
export function vulnerabilityUrl(finding: Finding): string | undefined {
  if (finding.evidence.url !== undefined) return finding.evidence.url;
  return finding.id.startsWith('CVE-') ? `https://www.cve.org/CVERecord?id=${finding.id}` : undefined;
}
