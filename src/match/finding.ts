import type { Epss, Finding, FindingEvidence } from '../model/index.ts';
import type { Case } from './case.ts';
import { rate } from './rate.ts';
import { isInForce, rulingOf } from './receipts.ts';

/**
 * The finding of a case at the time `now` (milliseconds): severity, known exploitation and chance of it, and
 * whether it is shown. What is known to be exploited is shown unless the package is not affected, or the vulnerable
 * code does not run in a container.
 */
export function toFinding(of: Case, now: number): Finding {
  const { group, decisive, session, target } = of;
  const ruling = rulingOf(of);
  const status = ruling?.status ?? of.status;
  const entries = decisive.map(({ entry }) => entry);
  const rated = rate(target.matcher.kind, entries, session.score);
  const names = [group.id, ...group.aliases];
  const exploited = session.knownExploited(names) !== undefined;
  const waived = ruling !== undefined && isInForce(ruling.receipt, now) ? ruling.receipt : null;
  const settled = status === 'not_affected' || ruling?.evenExploited === true;
  const overruled = waived !== null && exploited && !settled;
  return {
    id: group.id,
    aliases: group.aliases,
    purl: of.packages[0].purl,
    status,
    severity: rated.severity,
    ...(rated.source === undefined ? {} : { severitySource: rated.source }),
    fixedIn: status === 'affected' ? highestFix(of) : null,
    triage: of.triage,
    knownExploited: exploited,
    epss: chanceOf(session.epss(names)),
    shown: waived === null || overruled,
    receipt: overruled ? null : waived,
    evidence: evidenceOf(
      of,
      overruled ? [`shown because it is known to be exploited, although ${waived.statement}`] : [],
    ),
  };
}

function chanceOf(row: Epss | undefined): Finding['epss'] {
  if (row === undefined) return null;
  const { score, percentile, date } = row;
  return { score, percentile, ...(date === undefined ? {} : { date }) };
}

/** Each record of the group names its own lowest fix; free of all of them is only the highest. */
function highestFix({ decisive, session, target }: Case): string | null {
  const order = session.order(target.matcher.scheme);
  let highest: string | null = null;
  for (const { held } of decisive) {
    if (held.fixedIn === null) continue;
    if (highest === null || order.compare(held.fixedIn, highest) === 1) highest = held.fixedIn;
  }
  return highest;
}

function evidenceOf({ decisive, target }: Case, notes: readonly string[]): FindingEvidence {
  const [{ entry, held }] = decisive;
  const all = [
    ...(held.note === undefined ? [] : [held.note]),
    ...(entry.unreviewed === true ? [`nobody has reviewed ${entry.id}`] : []),
    ...notes,
  ];
  return {
    feed: entry.feed,
    recordId: entry.id,
    ecosystem: target.ecosystem,
    lookedUp: target.name,
    compared: target.version,
    scheme: target.matcher.scheme,
    range: held.range,
    ...(entry.url === undefined ? {} : { url: entry.url }),
    ...(all.length === 0 ? {} : { note: all.join('; ') }),
  };
}
