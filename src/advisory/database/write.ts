import { createHash, type Hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { LIMITS, PratiqueError } from '../../kit/index.ts';
import { DICTIONARY_BYTES, packRows, packText } from './packing.ts';
import { BUILD_PRAGMAS, INDEXES, SCHEMA } from './schema.ts';

/** One row of the `feed` table. */
export interface FeedRow {
  readonly feed: string;
  readonly file: string;
  readonly url: string;
  readonly version: number;
  readonly fetchedAt: string;
  readonly date?: string;
  readonly digest: string;
  readonly records: number;
  readonly skipped: number;
  readonly etag?: string;
  readonly problem?: string;
}

export interface DatabaseFacts {
  readonly builtAt: string;
  readonly feeds: readonly FeedRow[];
  readonly absent: readonly { readonly feed: string; readonly file: string; readonly reason: string }[];
  readonly covered: readonly { readonly ecosystem: string; readonly feed: string }[];
  /** Stands for the files and programs' parts that it was made of; equal means that nothing changed. */
  readonly inputs: string;
  /** Feed name to the page of a record, `{id}` standing for the id. */
  readonly recordUrls: Readonly<Record<string, string>>;
}

/**
 * Writes the database file from what was collected, in one pass over it in the order of the keys. Returns the
 * digest of the content, which depends on the feeds' records alone, not on when or in which order they came.
 */
export function writeDatabase(path: string, collected: DatabaseSync, facts: DatabaseFacts): string {
  const db = new DatabaseSync(path);
  try {
    db.exec(`${BUILD_PRAGMAS}${SCHEMA}BEGIN;`);
    const hash = contentHash();
    const dictionary = dictionaryOf(collected);
    writeCovered(db, facts.covered, hash);
    writeEntries(db, collected, dictionary, hash);
    writeIds(db, collected);
    for (const table of PLAIN_TABLES) copyTable(db, collected, table, hash);
    writeFeeds(db, collected, facts);
    const digest = `sha256:${hash.digest('hex')}`;
    const meta = db.prepare('INSERT INTO meta VALUES (?, ?)');
    meta.run('built_at', facts.builtAt);
    meta.run('dictionary', dictionary);
    meta.run('digest', digest);
    meta.run('inputs', facts.inputs);
    meta.run('record_urls', JSON.stringify(facts.recordUrls));
    db.exec(`COMMIT;${INDEXES}`);
    return digest;
  } finally {
    db.close();
  }
}

/** Writes into a copy of a database that its feeds were looked at again and are still the same. */
export function confirmFeeds(path: string, feeds: readonly FeedRow[]): void {
  const db = new DatabaseSync(path);
  try {
    db.exec(`${BUILD_PRAGMAS}BEGIN;`);
    const update = db.prepare(
      'UPDATE feed SET url = ?, fetched_at = ?, etag = ?, problem = ? WHERE feed = ? AND file = ?',
    );
    for (const { feed, file, url, fetchedAt, etag, problem } of feeds) {
      update.run(url, fetchedAt, etag ?? null, problem ?? null, feed, file);
    }
    db.exec('COMMIT;');
  } finally {
    db.close();
  }
}

/** Tables copied as they are, with the columns that make up their part of the content. */
export const PLAIN_TABLES = [
  { name: 'known_exploited', columns: ['id', 'added', 'due', 'ransomware'], key: 'id' },
  { name: 'epss', columns: ['id', 'score', 'percentile', 'date'], key: 'id' },
  { name: 'end_of_life', columns: ['product', 'cycle', 'value'], key: 'product, cycle' },
] as const;

export function contentHash(): Hash {
  return createHash('sha256').update('pratique advisories 1\n');
}

/** One row of content: no value holds a zero byte that could be taken for the end of the one before it. */
export function hashRow(hash: Hash, table: string, values: readonly unknown[]): void {
  hash.update(`${table}\0${JSON.stringify(values)}\n`);
}

type Cell = string | number | null;

function copyTable(
  db: DatabaseSync,
  collected: DatabaseSync,
  table: (typeof PLAIN_TABLES)[number],
  hash: Hash,
): void {
  const columns = table.columns.join(', ');
  const insert = db.prepare(`INSERT INTO ${table.name} VALUES (${table.columns.map(() => '?').join(', ')})`);
  const rows = collected.prepare(`SELECT ${columns} FROM ${table.name} ORDER BY ${table.key}`);
  rows.setReturnArrays(true);
  for (const row of rows.iterate()) {
    const cells = row as unknown as Cell[];
    hashRow(hash, table.name, cells);
    insert.run(...cells);
  }
}

function writeCovered(db: DatabaseSync, covered: DatabaseFacts['covered'], hash: Hash): void {
  const insert = db.prepare('INSERT OR IGNORE INTO covered VALUES (?, ?)');
  const lines = [...new Set(covered.map(({ ecosystem, feed }) => JSON.stringify([ecosystem, feed])))].sort();
  for (const line of lines) {
    const cells = JSON.parse(line) as [string, string];
    hashRow(hash, 'covered', cells);
    insert.run(...cells);
  }
}

interface Group {
  readonly ecosystem: string;
  readonly name: string;
  readonly texts: string[];
}

function writeEntries(db: DatabaseSync, collected: DatabaseSync, dictionary: Buffer, hash: Hash): void {
  const insertEcosystem = db.prepare('INSERT INTO ecosystem VALUES (?, ?)');
  const insertEntry = db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?)');
  const insertId = collected.prepare('INSERT INTO id VALUES (?, ?)');
  const ecosystems = new Map<string, number>();
  let row = 0;
  collected.exec('BEGIN');
  for (const { ecosystem, name, texts } of groupsOf(collected)) {
    row++;
    const number = ecosystems.get(ecosystem) ?? ecosystems.size + 1;
    if (!ecosystems.has(ecosystem)) {
      ecosystems.set(ecosystem, number);
      insertEcosystem.run(number, ecosystem);
    }
    const unique = [...new Set(texts)].sort();
    const text = `[${unique.join(',')}]`;
    hashRow(hash, 'entry', [ecosystem, name, text]);
    insertEntry.run(row, number, name, packText(text, dictionary));
    for (const id of idsOf(unique)) insertId.run(id, row);
  }
  collected.exec('COMMIT');
}

/** What was collected, key by key. */
function* groupsOf(collected: DatabaseSync): Generator<Group> {
  const rows = collected.prepare('SELECT ecosystem, name, value FROM entry ORDER BY ecosystem, name');
  rows.setReturnArrays(true);
  let group: Group | undefined;
  for (const row of rows.iterate()) {
    const [ecosystem, name, value] = row as unknown as [string, string, string];
    if (group?.ecosystem === ecosystem && group.name === name) {
      if (group.texts.length >= LIMITS.entriesPerKey) {
        throw new PratiqueError(
          'LIMIT_EXCEEDED',
          `${ecosystem} ${name} has more than ${LIMITS.entriesPerKey} entries`,
        );
      }
      group.texts.push(value);
      continue;
    }
    if (group !== undefined) yield group;
    group = { ecosystem, name, texts: [value] };
  }
  if (group !== undefined) yield group;
}

/** Every id and alias in a value, in capitals as they are looked up. */
function idsOf(texts: readonly string[]): Set<string> {
  const ids = new Set<string>();
  for (const text of texts) {
    const { id, aliases = [] } = JSON.parse(text) as { id: string; aliases?: string[] };
    for (const one of [id, ...aliases]) ids.add(one.toUpperCase());
  }
  return ids;
}

function writeIds(db: DatabaseSync, collected: DatabaseSync): void {
  const insert = db.prepare('INSERT INTO ids VALUES (?, ?)');
  const rows = collected.prepare('SELECT id, entry FROM id ORDER BY id, entry');
  rows.setReturnArrays(true);
  let current: string | undefined;
  let entries: number[] = [];
  for (const row of rows.iterate()) {
    const [id, entry] = row as unknown as [string, number];
    if (id !== current) {
      if (current !== undefined) insert.run(current, packRows(entries));
      current = id;
      entries = [];
    }
    entries.push(entry);
  }
  if (current !== undefined) insert.run(current, packRows(entries));
}

function writeFeeds(db: DatabaseSync, collected: DatabaseSync, facts: DatabaseFacts): void {
  const insert = db.prepare('INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const row of facts.feeds) {
    const { feed, file, url, version, fetchedAt, date, digest, records, skipped, etag, problem } = row;
    const optional = [etag ?? null, problem ?? null];
    insert.run(feed, file, url, version, fetchedAt, date ?? null, digest, records, skipped, ...optional);
  }
  const absent = db.prepare('INSERT INTO absent VALUES (?, ?, ?)');
  for (const { feed, file, reason } of facts.absent) absent.run(feed, file, reason);
  const skipped = db.prepare('INSERT INTO skipped VALUES (?, ?, ?, ?)');
  const rows = collected.prepare(
    'SELECT feed, file, id, reason FROM skipped ORDER BY feed, file, id, reason',
  );
  rows.setReturnArrays(true);
  for (const row of rows.iterate()) skipped.run(...(row as unknown as Cell[]));
}

/** Beginnings of short values from all over the data, which is what most values consist of. */
function dictionaryOf(collected: DatabaseSync): Buffer {
  const { count } = collected.prepare('SELECT count(*) AS count FROM entry').get() as { count: number };
  const step = Math.max(1, Math.floor(count / (DICTIONARY_BYTES / SAMPLE_BYTES)));
  const rows = collected.prepare('SELECT substr(value, 1, ?) AS sample FROM entry WHERE rowid % ? = 0');
  const samples = rows.all(SAMPLE_BYTES, step).map((row) => String(row.sample));
  return Buffer.from([...samples, '[{"id":"CVE-20'].join('')).subarray(-DICTIONARY_BYTES);
}

const SAMPLE_BYTES = 200;
