import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { PratiqueError } from '../../kit/index.ts';
import type { FeedItem } from '../updater.ts';
import { textOfEntry } from './packing.ts';

/** At most so many skipped records of one file are listed; all are counted. */
const LISTED_SKIPPED = 1_000;

/** What one file of a feed brought. */
export interface FileCounts {
  readonly records: number;
  readonly skipped: number;
  readonly date?: string;
  readonly covers: readonly { readonly ecosystem: string; readonly needs: readonly string[] }[];
}

const TABLES = `
PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = FILE;
PRAGMA cache_size = -65536;
CREATE TABLE entry (ecosystem TEXT, name TEXT, value TEXT);
CREATE TABLE id (id TEXT, entry INTEGER);
CREATE TABLE known_exploited (id TEXT PRIMARY KEY, added TEXT, due TEXT, ransomware INTEGER) WITHOUT ROWID;
CREATE TABLE epss (id TEXT PRIMARY KEY, score INTEGER, percentile INTEGER, date TEXT) WITHOUT ROWID;
CREATE TABLE end_of_life (product TEXT, cycle TEXT, value TEXT, PRIMARY KEY (product, cycle)) WITHOUT ROWID;
CREATE TABLE skipped (feed TEXT, file TEXT, id TEXT, reason TEXT);
`;

/**
 * Takes the items of all feeds in whatever order they come, on disk, so that a build needs little memory. A file
 * counts whole or not at all. Where two rows have the same key the greater one stays, whichever came first.
 */
export class Staging {
  readonly #db: DatabaseSync;
  readonly #insert: Readonly<Record<'entry' | 'exploited' | 'epss' | 'endOfLife' | 'skipped', StatementSync>>;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(TABLES);
    this.#insert = {
      entry: this.#db.prepare('INSERT INTO entry VALUES (?, ?, ?)'),
      exploited: this.#db.prepare(
        `INSERT INTO known_exploited VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET added = excluded.added,
         due = excluded.due, ransomware = excluded.ransomware WHERE excluded.added > added`,
      ),
      epss: this.#db.prepare(
        `INSERT INTO epss VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET score = excluded.score,
         percentile = excluded.percentile, date = excluded.date
         WHERE (coalesce(excluded.date, ''), excluded.score) > (coalesce(date, ''), score)`,
      ),
      endOfLife: this.#db.prepare(
        `INSERT INTO end_of_life VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
         WHERE excluded.value > value`,
      ),
      skipped: this.#db.prepare('INSERT INTO skipped VALUES (?, ?, ?, ?)'),
    };
  }

  /** All items of one file, or, when reading it throws, none of them. */
  async addFile(feed: string, file: string, items: AsyncIterable<FeedItem>): Promise<FileCounts> {
    this.#db.exec('SAVEPOINT file');
    try {
      const counts = await this.#addItems(feed, file, items);
      this.#db.exec('RELEASE file');
      return counts;
    } catch (error) {
      this.#db.exec('ROLLBACK TO file; RELEASE file');
      throw error;
    }
  }

  /** For the writer, which reads what was collected in the order that it needs. */
  get database(): DatabaseSync {
    return this.#db;
  }

  close(): void {
    this.#db.close();
  }

  async #addItems(feed: string, file: string, items: AsyncIterable<FeedItem>): Promise<FileCounts> {
    let records = 0;
    let skipped = 0;
    let date: string | undefined;
    const covers: { ecosystem: string; needs: readonly string[] }[] = [];
    for await (const item of items) {
      if (item.kind === 'date') date = item.date;
      else if (item.kind === 'covers') covers.push({ ecosystem: item.ecosystem, needs: item.needs ?? [] });
      else if (item.kind === 'skipped') {
        if (skipped++ < LISTED_SKIPPED)
          this.#insert.skipped.run(feed, file, item.id.slice(0, 200), item.reason);
      } else {
        records++;
        this.#addRecord(item);
      }
    }
    return { records, skipped, covers, ...(date === undefined ? {} : { date }) };
  }

  #addRecord(item: Extract<FeedItem, { entry: unknown } | { row: unknown }>): void {
    if (item.kind === 'advisory') {
      const { ecosystem, name } = item.entry;
      this.#insert.entry.run(ecosystem, name, textOfEntry(item.entry));
    } else if (item.kind === 'known-exploited') {
      const { id, dateAdded, dueDate, ransomware } = item.row;
      this.#insert.exploited.run(id, dateAdded, dueDate ?? null, ransomware ? 1 : 0);
    } else if (item.kind === 'epss') {
      const { id, score, percentile, date } = item.row;
      this.#insert.epss.run(id, billionths(score), billionths(percentile), date ?? null);
    } else {
      const { product, cycle, ...rest } = item.row;
      this.#insert.endOfLife.run(product, cycle, JSON.stringify(rest));
    }
  }
}

function billionths(share: number): number {
  if (!(share >= 0 && share <= 1)) throw new PratiqueError('FEED_INVALID', `${share} is no probability`);
  return Math.round(share * 1e9);
}
