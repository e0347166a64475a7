import { existsSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { messageOf, PratiqueError } from '../../kit/index.ts';
import type { AdvisoryEntry, EndOfLife, Epss, KnownExploited } from '../../model/index.ts';
import type { DatabaseCounts, DatabaseFile, FeedStatus } from '../database.ts';
import { entriesOfText, unpackRows, unpackText } from './packing.ts';
import { APPLICATION_ID, FORMAT } from './schema.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * Opens a database read-only; nothing of it is read before it is asked for, but its header and its size.
 * Throws DATABASE_MISSING; DATABASE_INVALID when it is damaged, something else, or of another format, also later
 * from any look-up that meets damage.
 */
export function openDatabase(path: string): DatabaseFile {
  if (!existsSync(path)) {
    throw new PratiqueError('DATABASE_MISSING', `there is no advisory database at ${path}`, {
      where: path,
      hint: 'get one with "pratique db update", or name another with --db',
    });
  }
  const file = new SqliteFile(path);
  try {
    file.check();
    return new Database(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** SQLite with statements prepared when first used, and with errors that say what to do. */
class SqliteFile {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.path = path;
    try {
      this.#db = new DatabaseSync(path, { readOnly: true });
    } catch (error) {
      throw invalid(path, messageOf(error));
    }
  }

  /** Throws DATABASE_INVALID unless the file is whole and of our format. */
  check(): void {
    if (this.one('PRAGMA application_id')?.application_id !== APPLICATION_ID) {
      throw invalid(this.path, 'it is no advisory database of pratique');
    }
    const format = Number(this.one('PRAGMA user_version')?.user_version);
    if (format > FORMAT) {
      throw invalid(
        this.path,
        `it was made by a newer pratique (format ${format}, this one reads ${FORMAT})`,
      );
    }
    if (format !== FORMAT) throw invalid(this.path, `it is of the old format ${format}`);
    const pages = Number(this.one('PRAGMA page_count')?.page_count);
    const bytes = pages * Number(this.one('PRAGMA page_size')?.page_size);
    if (statSync(this.path).size !== bytes) throw invalid(this.path, 'it is not as long as its header says');
  }

  one(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.guard(() => this.#statement(sql).get(...values));
  }

  all(sql: string, ...values: (string | number)[]): Row[] {
    return this.guard(() => this.#statement(sql).all(...values));
  }

  /** Whatever SQLite, zlib or JSON find wrong means that the file is damaged. */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof PratiqueError ? error : invalid(this.path, messageOf(error));
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

class Database implements DatabaseFile {
  readonly path: string;
  readonly digest: string;
  readonly builtAt: string;
  readonly #file: SqliteFile;
  #ecosystems: ReadonlyMap<string, number> | undefined;
  #names: ReadonlyMap<number, string> | undefined;
  #covered: readonly string[] | undefined;
  #dictionary: Buffer | undefined;
  #recordUrls: Readonly<Record<string, string>> | undefined;
  #epssDate: { readonly date: string | undefined } | undefined;

  constructor(file: SqliteFile) {
    this.#file = file;
    this.path = file.path;
    this.digest = this.#text('digest');
    this.builtAt = this.#text('built_at');
  }

  entries(ecosystem: string, name: string): readonly AdvisoryEntry[] {
    const number = this.#numbers().get(ecosystem);
    if (number === undefined) return [];
    const row = this.#file.one('SELECT value FROM entry WHERE ecosystem = ? AND name = ?', number, name);
    return row === undefined ? [] : this.#unpack(row.value, { ecosystem, name });
  }

  get inputs(): string {
    return this.#text('inputs');
  }

  entriesById(id: string): readonly AdvisoryEntry[] {
    const folded = id.toUpperCase();
    const found = this.#file.one('SELECT entries FROM ids WHERE id = ?', folded)?.entries;
    if (!(found instanceof Uint8Array)) return [];
    const isMeant = (entry: AdvisoryEntry): boolean =>
      [entry.id, ...entry.aliases].some((one) => one.toUpperCase() === folded);
    return unpackRows(found).flatMap((row) => this.#entriesOfRow(row).filter(isMeant));
  }

  covers(ecosystem: string): boolean {
    return this.coveredEcosystems().includes(ecosystem);
  }

  coveredEcosystems(): readonly string[] {
    this.#covered ??= this.#file
      .all('SELECT DISTINCT ecosystem FROM covered ORDER BY ecosystem')
      .map((row) => String(row.ecosystem));
    return this.#covered;
  }

  knownExploited(id: string): KnownExploited | undefined {
    const row = this.#file.one('SELECT * FROM known_exploited WHERE id = ?', id);
    if (row === undefined) return undefined;
    const due = row.due === null ? {} : { dueDate: String(row.due) };
    return { id, dateAdded: String(row.added), ...due, ransomware: row.ransomware === 1 };
  }

  epss(id: string): Epss | undefined {
    const row = this.#file.one('SELECT * FROM epss WHERE id = ?', id);
    if (row === undefined) return undefined;
    const date = row.date === null ? this.#dateOfEpss() : String(row.date);
    const shares = { score: Number(row.score) / 1e9, percentile: Number(row.percentile) / 1e9 };
    return { id, ...shares, ...(date === undefined ? {} : { date }) };
  }

  endOfLife(product: string): readonly EndOfLife[] {
    const rows = this.#file.all('SELECT cycle, value FROM end_of_life WHERE product = ?', product);
    const cycles = rows.map((row) => ({
      product,
      cycle: String(row.cycle),
      ...this.#file.guard(() => JSON.parse(String(row.value)) as Omit<EndOfLife, 'product' | 'cycle'>),
    }));
    return cycles.sort((a, b) => ((a.released ?? '') < (b.released ?? '') ? 1 : -1));
  }

  feeds(): readonly FeedStatus[] {
    return this.#file.all('SELECT * FROM feed ORDER BY feed, file').map(feedOf);
  }

  absent(): ReturnType<DatabaseFile['absent']> {
    const rows = this.#file.all('SELECT * FROM absent ORDER BY feed, file');
    return rows.map((row) => ({
      feed: String(row.feed),
      file: String(row.file),
      reason: String(row.reason),
    }));
  }

  skipped(): ReturnType<DatabaseFile['skipped']> {
    return this.#file.all('SELECT feed, file, id, reason FROM skipped ORDER BY rowid').map((row) => ({
      feed: String(row.feed),
      file: String(row.file),
      id: String(row.id),
      reason: String(row.reason),
    }));
  }

  counts(): DatabaseCounts {
    const count = (table: string): number =>
      Number(this.#file.one(`SELECT count(*) AS count FROM ${table}`)?.count ?? 0);
    return {
      keys: count('entry'),
      ids: count('ids'),
      knownExploited: count('known_exploited'),
      epss: count('epss'),
      endOfLife: count('end_of_life'),
    };
  }

  close(): void {
    this.#file.close();
  }

  #entriesOfRow(row: number): AdvisoryEntry[] {
    const found = this.#file.one('SELECT ecosystem, name, value FROM entry WHERE id = ?', row);
    if (found === undefined) throw invalid(this.path, 'its index of ids names a row that is not there');
    this.#names ??= new Map([...this.#numbers()].map(([name, number]) => [number, name]));
    const ecosystem = this.#names.get(Number(found.ecosystem)) ?? '';
    return this.#unpack(found.value, { ecosystem, name: String(found.name) });
  }

  #unpack(value: SQLOutputValue | undefined, key: { ecosystem: string; name: string }): AdvisoryEntry[] {
    return this.#file.guard(() => {
      if (!(value instanceof Uint8Array)) throw new Error('a value is of the wrong type');
      this.#dictionary ??= this.#blob('dictionary');
      return entriesOfText(unpackText(value, this.#dictionary), key, (feed, id) => this.#recordUrl(feed, id));
    });
  }

  #recordUrl(feed: string, id: string): string | undefined {
    this.#recordUrls ??= JSON.parse(this.#text('record_urls')) as Record<string, string>;
    return this.#recordUrls[feed]?.replace('{id}', encodeURIComponent(id));
  }

  #numbers(): ReadonlyMap<string, number> {
    this.#ecosystems ??= new Map(
      this.#file.all('SELECT id, name FROM ecosystem').map((row) => [String(row.name), Number(row.id)]),
    );
    return this.#ecosystems;
  }

  /** Rows of a whole day's file carry no date of their own. */
  #dateOfEpss(): string | undefined {
    this.#epssDate ??= {
      date: this.feeds()
        .find(({ feed }) => feed === 'epss')
        ?.date?.slice(0, 10),
    };
    return this.#epssDate.date;
  }

  #text(key: string): string {
    const value = this.#file.one('SELECT value FROM meta WHERE key = ?', key)?.value;
    if (typeof value === 'string') return value;
    throw invalid(this.path, `it has no ${key.replace('_', ' ')}`);
  }

  #blob(key: string): Buffer {
    const value = this.#file.one('SELECT value FROM meta WHERE key = ?', key)?.value;
    if (value instanceof Uint8Array) return Buffer.from(value);
    throw invalid(this.path, `it has no ${key}`);
  }
}

function feedOf(row: Row): FeedStatus {
  const text = (name: 'date' | 'etag' | 'problem'): Partial<Record<typeof name, string>> =>
    row[name] === null ? {} : { [name]: String(row[name]) };
  return {
    feed: String(row.feed),
    file: String(row.file),
    url: String(row.url),
    fetchedAt: String(row.fetched_at),
    ...text('date'),
    digest: String(row.digest),
    records: Number(row.records),
    skipped: Number(row.skipped),
    ...text('etag'),
    ...text('problem'),
  };
}

function invalid(path: string, what: string): PratiqueError {
  return new PratiqueError('DATABASE_INVALID', `the advisory database ${path} cannot be used: ${what}`, {
    where: path,
    hint: 'make it anew with "pratique db update"; if a newer pratique made it, use that one',
  });
}
