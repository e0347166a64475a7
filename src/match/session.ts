import type { AdvisoryDatabase } from '../advisory/index.ts';
import type { AdvisoryEntry, Distro, Epss, KnownExploited, Package } from '../model/index.ts';
import { type CvssScore, cvssScore } from './cvss.ts';
import { holdEntry, type Match } from './hold.ts';
import { isCve } from './ids.ts';
import type { LookUp, Matcher } from './matcher.ts';
import { matcherOf } from './matchers.ts';
import { preparedOrder, type VersionOrder } from './order.ts';

/** The key under which a package's advisories lie, and its version in their terms. */
export interface Target extends LookUp {
  readonly matcher: Matcher;
  readonly ecosystem: string;
}

/** One run over a catalog: it looks every key up once and parses every version once. */
export interface MatchSession {
  readonly database: AdvisoryDatabase;
  readonly distro: Distro | undefined;
  /** Where to look a package up; undefined without a matcher or a known distribution. */
  target(pkg: Package): Target | undefined;
  covers(ecosystem: string): boolean;
  order(scheme: string): VersionOrder;
  /** Every entry about the target with what came of it, those that it is free of included. */
  matches(target: Target): readonly Match[];
  /** Of all the names of a vulnerability the CVEs are asked about: KEV and EPSS know no others. */
  knownExploited(names: readonly string[]): KnownExploited | undefined;
  /** The highest chance of exploitation among the names. */
  epss(names: readonly string[]): Epss | undefined;
  /** The base score of a CVSS vector; few vectors are different. */
  score(vector: string): CvssScore | undefined;
  /** RFC 3339: when the feed of this entry was read; the earliest where it has several files. */
  readAt(entry: AdvisoryEntry): string | undefined;
}

export function openSession(database: AdvisoryDatabase, distro: Distro | undefined): MatchSession {
  const covers = remember((ecosystem: string) => database.covers(ecosystem));
  const order = remember(preparedOrder);
  const readAt = remember((feed: string) => earliestReading(database, feed));
  const exploited = remember((id: string) => database.knownExploited(id) ?? null);
  const epss = remember((id: string) => database.epss(id) ?? null);
  const score = remember((vector: string) => cvssScore(vector) ?? null);
  const held = new Map<string, readonly Match[]>();
  return {
    database,
    distro,
    covers,
    order,
    knownExploited: (names) => names.flatMap((id) => (isCve(id) ? (exploited(id) ?? []) : []))[0],
    epss: (names) => highest(names.flatMap((id) => (isCve(id) ? (epss(id) ?? []) : []))),
    score: (vector) => score(vector) ?? undefined,
    readAt: (entry) => readAt(entry.feed),
    target: (pkg) => {
      const matcher = matcherOf(pkg.type);
      const ecosystem = matcher?.ecosystem(pkg, distro);
      if (matcher === undefined || ecosystem === undefined) return undefined;
      return { matcher, ecosystem, ...matcher.lookUp(pkg) };
    },
    matches: (target) => {
      const key = `${target.ecosystem}\n${target.name}\n${target.version}`;
      const known = held.get(key);
      if (known !== undefined) return known;
      const matches = holdAll(target, database, order(target.matcher.scheme));
      held.set(key, matches);
      return matches;
    },
  };
}

function holdAll(target: Target, database: AdvisoryDatabase, order: VersionOrder): Match[] {
  const entries = database.entries(target.ecosystem, target.name);
  return entries.map((entry) => ({ entry, held: holdEntry(entry, target.version, order) }));
}

function highest(rows: readonly Epss[]): Epss | undefined {
  return rows.reduce<Epss | undefined>(
    (best, row) => (best && best.score >= row.score ? best : row),
    undefined,
  );
}

function earliestReading(database: AdvisoryDatabase, feed: string): string | undefined {
  const times = database.feeds().flatMap((status) => (status.feed === feed ? [status.fetchedAt] : []));
  return times.sort()[0];
}

function remember<V>(make: (key: string) => V): (key: string) => V {
  const made = new Map<string, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(key);
    made.set(key, fresh);
    return fresh;
  };
}
