import type { Match } from './hold.ts';
import { compareIds, isBulletin, isCve } from './ids.ts';

/** The matches of one package that speak of the same vulnerability. */
export interface AliasGroup {
  /** The CVE where there is one (the oldest, should there be several), else the first record's id. */
  readonly id: string;
  /** All other ids and aliases of the group, sorted. */
  readonly aliases: readonly string[];
  readonly matches: readonly Match[];
}

/**
 * Puts the records of one vulnerability together: those that share an id or an alias, directly or through others.
 * A bulletin's number (DSA, USN, …) joins nothing: one bulletin fixes many vulnerabilities. Groups whose records
 * all call the package free are left out.
 */
export function groupByAlias(matches: readonly Match[]): AliasGroup[] {
  if (matches.every(isFree)) return [];
  const leader = new Map<string, string>();
  for (const { entry } of matches) {
    for (const alias of entry.aliases) if (!isBulletin(alias)) join(leader, entry.id, alias);
  }
  const groups = new Map<string, Match[]>();
  for (const match of matches) {
    const key = leaderOf(leader, match.entry.id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [match]);
    else group.push(match);
  }
  return [...groups.values()].filter((group) => !group.every(isFree)).map(toGroup);
}

function isFree({ held }: Match): boolean {
  return held.status === 'not_affected';
}

function toGroup(matches: readonly Match[]): AliasGroup {
  const ids = new Set(matches.flatMap(({ entry }) => [entry.id, ...entry.aliases]));
  const own = matches.map(({ entry }) => entry.id).sort(compareIds);
  const id = [...ids].filter(isCve).sort(compareIds)[0] ?? own[0] ?? '';
  ids.delete(id);
  return { id, aliases: [...ids].sort(compareIds), matches: [...matches].sort(byRecord) };
}

/** So that the result does not hang on the order in which a database gives its entries. */
function byRecord({ entry: a }: Match, { entry: b }: Match): number {
  return compareIds(a.id, b.id) || (a.feed < b.feed ? -1 : a.feed > b.feed ? 1 : 0);
}

/** Halves the path on its way up, so that long chains of aliases stay cheap. */
function leaderOf(leader: Map<string, string>, id: string): string {
  let current = id;
  for (let next = leader.get(current); next !== undefined; next = leader.get(current)) {
    const beyond = leader.get(next);
    if (beyond !== undefined) leader.set(current, beyond);
    current = beyond ?? next;
  }
  return current;
}

function join(leader: Map<string, string>, a: string, b: string): void {
  const first = leaderOf(leader, a);
  const second = leaderOf(leader, b);
  if (first !== second) leader.set(second, first);
}
