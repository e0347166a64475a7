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
 * Records that name different CVEs stay apart whatever else they share: feeds put another vulnerability's id among
 * the aliases now and then. A bulletin's number (DSA, USN, …) joins nothing: one bulletin fixes many
 * vulnerabilities. Groups whose records all call the package free are left out.
 */
export function groupByAlias(matches: readonly Match[]): AliasGroup[] {
  if (matches.every(isFree)) return [];
  const names = namesOf(matches);
  const groups = new Map<string, Match[]>();
  for (const match of matches) {
    const key = names.leaderOf(match.entry.id);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [match]);
    else group.push(match);
  }
  return [...groups.values()].filter((group) => !group.every(isFree)).map(toGroup);
}

/** The CVEs first, so that what has one is settled before other names are looked at. */
function namesOf(matches: readonly Match[]): Names {
  const names = new Names();
  for (const { entry } of matches) {
    for (const alias of entry.aliases) if (isCve(alias)) names.join(entry.id, alias);
  }
  for (const { entry } of [...matches].sort(byRecord)) {
    for (const alias of [...entry.aliases].sort(compareIds)) {
      if (!isBulletin(alias)) names.joinUnlessTwoCves(entry.id, alias);
    }
  }
  return names;
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

/** Names that mean the same. */
class Names {
  readonly #leader = new Map<string, string>();
  /** Leaders of names among which there is a CVE, besides those that are one. */
  readonly #withCve = new Set<string>();

  /** Halves the path on its way up, so that long chains of aliases stay cheap. */
  leaderOf(id: string): string {
    let current = id;
    for (let next = this.#leader.get(current); next !== undefined; next = this.#leader.get(current)) {
      const beyond = this.#leader.get(next);
      if (beyond !== undefined) this.#leader.set(current, beyond);
      current = beyond ?? next;
    }
    return current;
  }

  join(a: string, b: string): void {
    const first = this.leaderOf(a);
    const second = this.leaderOf(b);
    if (first === second) return;
    if (this.#hasCve(second)) this.#withCve.add(first);
    this.#leader.set(second, first);
  }

  joinUnlessTwoCves(a: string, b: string): void {
    if (!(this.#hasCve(this.leaderOf(a)) && this.#hasCve(this.leaderOf(b)))) this.join(a, b);
  }

  #hasCve(leader: string): boolean {
    return isCve(leader) || this.#withCve.has(leader);
  }
}
