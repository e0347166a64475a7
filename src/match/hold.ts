import type { AdvisoryEntry, FindingStatus, VersionRange } from '../model/index.ts';
import type { VersionOrder } from './order.ts';

/** What came of holding one version against one advisory entry. */
export interface Held {
  readonly status: FindingStatus;
  /** The range that decided, or null when a listed version or nothing did. */
  readonly range: VersionRange | null;
  /** The lowest fixed version above the installed one that the entry itself calls free; null when there is none. */
  readonly fixedIn: string | null;
  /** Why the status is undetermined. */
  readonly note?: string;
  /** The version that cannot be compared, where the status is undetermined because of it. */
  readonly unparsed?: string;
}

/** One entry with what holding a package against it came to. */
export interface Match {
  readonly entry: AdvisoryEntry;
  readonly held: Held;
}

const FREE: Held = { status: 'not_affected', range: null, fixedIn: null };

/**
 * Holds a version against an entry. Affected where any range or any listed version matches; what cannot be
 * compared is undetermined, never "not affected". Source: OSV schema, "Evaluation".
 */
export function holdEntry(entry: AdvisoryEntry, version: string, order: VersionOrder): Held {
  if (entry.triage === 'not_affected') return FREE;
  const held = holdVersion(entry, version, order);
  if (entry.triage !== 'under_investigation' || held.status === 'undetermined') return held;
  const settled = held.status === 'not_affected' && entry.ranges.length > 0;
  if (settled) return held;
  return { ...held, status: 'undetermined', note: 'the distribution has not decided whether it is affected' };
}

function holdVersion(entry: AdvisoryEntry, version: string, order: VersionOrder): Held {
  let doubtful: VersionRange | undefined;
  for (const range of entry.ranges) {
    const answer = order.inRange(version, range);
    if (answer === 'in') return affected(entry, range, version, order);
    if (answer === 'undetermined') doubtful ??= range;
  }
  const versions = entry.versions ?? [];
  if (isListed(versions, version, order)) return affected(entry, null, version, order);
  if (doubtful !== undefined) return undetermined(doubtful, version, order);
  // A version that is not accepted may be another spelling of a listed one.
  const comparable = versions.length === 0 || order.accepts(version);
  return comparable ? FREE : undetermined(null, version, order);
}

function affected(
  entry: AdvisoryEntry,
  range: VersionRange | null,
  version: string,
  order: VersionOrder,
): Held {
  return { status: 'affected', range, fixedIn: lowestFix(entry, version, order) };
}

function undetermined(range: VersionRange | null, version: string, order: VersionOrder): Held {
  const candidates = [version, range?.introduced, range?.fixed, range?.lastAffected];
  const refused = candidates.find((text) => text !== undefined && text !== '0' && !order.accepts(text));
  const unparsed = refused ?? version;
  const note = `"${unparsed}" is not a version in the order of ${order.scheme}`;
  return { status: 'undetermined', range, fixedIn: null, note, unparsed };
}

/** The fix of one range may lie inside the next one, so a fix counts only where all ranges leave it free. */
function lowestFix(entry: AdvisoryEntry, version: string, order: VersionOrder): string | null {
  let lowest: string | null = null;
  for (const { fixed } of entry.ranges) {
    if (fixed === undefined || order.compare(fixed, version) !== 1) continue;
    if (lowest !== null && order.compare(fixed, lowest) !== -1) continue;
    if (entry.ranges.every((range) => order.inRange(fixed, range) === 'out')) lowest = fixed;
  }
  return lowest;
}

/** Equal in the ecosystem's order: `1.0` is `1.0.0` in Python. */
function isListed(versions: readonly string[], version: string, order: VersionOrder): boolean {
  return versions.includes(version) || versions.some((listed) => order.compare(listed, version) === 0);
}
