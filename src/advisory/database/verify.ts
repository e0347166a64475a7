import { DatabaseSync } from 'node:sqlite';
import { unpackText } from './packing.ts';
import { contentHash, hashRow, PLAIN_TABLES } from './write.ts';

/**
 * The digest of what a database holds, computed anew from every row; equal to the one written in it unless it is
 * damaged or was changed. Throws what SQLite and zlib throw for damaged files.
 */
export function contentDigest(path: string): string {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const hash = contentHash();
    for (const row of rowsOf(db, 'SELECT ecosystem, feed FROM covered ORDER BY ecosystem, feed')) {
      hashRow(hash, 'covered', row);
    }
    const dictionary = db.prepare("SELECT value FROM meta WHERE key = 'dictionary'").get()?.value;
    if (!(dictionary instanceof Uint8Array)) throw new Error('it has no dictionary');
    const entries = `SELECT ecosystem.name, entry.name, entry.value FROM entry
      JOIN ecosystem ON ecosystem.id = entry.ecosystem ORDER BY entry.id`;
    for (const [ecosystem, name, value] of rowsOf(db, entries)) {
      if (!(value instanceof Uint8Array)) throw new Error('a value is of the wrong type');
      hashRow(hash, 'entry', [ecosystem, name, unpackText(value, Buffer.from(dictionary))]);
    }
    for (const { name, columns, key } of PLAIN_TABLES) {
      const sql = `SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${key}`;
      for (const row of rowsOf(db, sql)) hashRow(hash, name, row);
    }
    return `sha256:${hash.digest('hex')}`;
  } finally {
    db.close();
  }
}

function* rowsOf(db: DatabaseSync, sql: string): Generator<readonly unknown[]> {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  for (const row of statement.iterate()) yield row as unknown as readonly unknown[];
}
