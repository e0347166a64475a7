import type { AdvisoryDatabase, FeedStatus } from '../../src/advisory/index.ts';
import type { AdvisoryEntry, EndOfLife, Epss, KnownExploited } from '../../src/model/index.ts';

export interface DatabaseContent {
  readonly entries?: readonly AdvisoryEntry[];
  /** Ecosystems that are covered although no entry is in them. */
  readonly covers?: readonly string[];
  readonly knownExploited?: readonly KnownExploited[];
  readonly epss?: readonly Epss[];
  /** Without these, one file of each feed that has an entry. */
  readonly feeds?: readonly FeedStatus[];
  readonly endOfLife?: readonly EndOfLife[];
}

/** The hour at which every feed of a database in memory was read. */
export const READ_AT = '2026-11-01T06:00:00Z';

/** An advisory database in memory: what a test puts in is what is there. */
export function databaseOf(content: DatabaseContent): AdvisoryDatabase {
  const entries = content.entries ?? [];
  const byKey = groupBy(entries, (entry) => `${entry.ecosystem}\n${entry.name}`);
  const ecosystems = [
    ...new Set([...entries.map((entry) => entry.ecosystem), ...(content.covers ?? [])]),
  ].sort();
  const exploited = new Map((content.knownExploited ?? []).map((row) => [row.id, row]));
  const epss = new Map((content.epss ?? []).map((row) => [row.id, row]));
  return {
    digest: `sha256:${'0'.repeat(64)}`,
    builtAt: READ_AT,
    path: ':memory:',
    entries: (ecosystem, name) => byKey.get(`${ecosystem}\n${name}`) ?? [],
    entriesById: (id) => entries.filter((entry) => entry.id === id || entry.aliases.includes(id)),
    covers: (ecosystem) => ecosystems.includes(ecosystem),
    coveredEcosystems: () => ecosystems,
    knownExploited: (id) => exploited.get(id),
    epss: (id) => epss.get(id),
    endOfLife: (product) => (content.endOfLife ?? []).filter((row) => row.product === product),
    feeds: () => content.feeds ?? [...new Set(entries.map((entry) => entry.feed))].sort().map(feedOf),
    close: () => {},
  };
}

/** An entry with everything that a test does not care about filled in: one of the Debian tracker, by default. */
export function entryOf(
  given: Partial<AdvisoryEntry> & Pick<AdvisoryEntry, 'id' | 'ecosystem' | 'name'>,
): AdvisoryEntry {
  const feed = given.ecosystem.startsWith('Debian:')
    ? 'debian-tracker'
    : given.ecosystem.startsWith('Alpine:')
      ? 'alpine-secdb'
      : 'osv';
  return { aliases: [], feed, kind: 'vulnerability', ranges: [], ...given };
}

function feedOf(feed: string): FeedStatus {
  const digest = `sha256:${'0'.repeat(64)}`;
  return {
    feed,
    file: 'all',
    url: `https://feeds.example/${feed}`,
    fetchedAt: READ_AT,
    digest,
    records: 1,
    skipped: 0,
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
