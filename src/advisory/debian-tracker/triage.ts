import type { AdvisoryEntry, Severity, Triage } from '../../model/index.ts';
import { textOf } from '../json-values.ts';

type Line = Readonly<Record<string, unknown>>;
type Statement = Pick<AdvisoryEntry, 'ranges' | 'triage' | 'triageReason'>;

/**
 * What one release line of the tracker says; a status that we do not know is no clean bill either. A release that ships a fix
 * is fixed from there on, whatever was planned before, so `no-dsa` counts only while the status is open; that an
 * issue is unimportant concerns the code and stays.
 */
export function statementOf(line: Line): Statement {
  const status = line.status;
  const fixed = textOf(line.fixed_version);
  if (status === 'resolved' && fixed === '0') return { ranges: [], triage: 'not_affected' };
  if (status === 'resolved' && fixed !== undefined) return { ranges: [{ fixed }], ...lasting(line) };
  if (status === 'open') return { ranges: [{}], ...lasting(line, planned(line)) };
  // Resolved without a version: the package left the release, or the tracker does not say.
  const known = status === 'resolved' || status === 'undetermined';
  return { ranges: [{}], triage: 'under_investigation', triageReason: known ? status : 'unknown-status' };
}

/** Debian's urgencies; `**` marks one that was set by hand. Most records have none ("not yet assigned"). */
export function severityOf(urgency: string | undefined): Severity | undefined {
  const word = urgency?.replaceAll('*', '').trim();
  if (word === 'unimportant') return 'negligible';
  return word === 'low' || word === 'medium' || word === 'high' ? word : undefined;
}

/** What holds for fixed and open issues alike; `other` where neither applies. */
function lasting(line: Line, other: Omit<Statement, 'ranges'> = {}): Omit<Statement, 'ranges'> {
  const urgency = textOf(line.urgency)?.replaceAll('*', '').trim();
  if (urgency === 'unimportant') return { triage: 'negligible', triageReason: 'unimportant' };
  if (urgency === 'end-of-life') return { triage: 'end_of_life', triageReason: 'end-of-life' };
  return other;
}

/** The security team's plan. `nodsa` itself is prose and is left out. */
function planned(line: Line): Omit<Statement, 'ranges'> {
  const reason = line.nodsa_reason;
  if (line.nodsa === undefined && typeof reason !== 'string') return {};
  const marker = typeof reason === 'string' && /^[a-z-]{1,30}$/.test(reason) ? reason : 'no-dsa';
  return { triage: TRIAGE[marker] ?? 'no_dsa', triageReason: marker };
}

const TRIAGE: Readonly<Record<string, Triage>> = {
  'no-dsa': 'no_dsa',
  postponed: 'fix_deferred',
  ignored: 'will_not_fix',
  'end-of-life': 'end_of_life',
};
