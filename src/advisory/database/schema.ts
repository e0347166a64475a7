/** Says "advisory database of pratique" in the file's header, so that another SQLite file is not taken for one. */
export const APPLICATION_ID = 0x50_72_61_71;

/** The layout below; a program reads only its own. */
export const FORMAT = 1;

/**
 * The database as users see it with `sqlite3`. `entry.value` is packed (see packing.ts); `ids.entries` lists rowids of
 * `entry` as differences in LEB128. Probabilities are kept in billionths.
 */
export const SCHEMA = `
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${FORMAT};
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE covered (ecosystem TEXT NOT NULL, feed TEXT NOT NULL, PRIMARY KEY (ecosystem, feed)) WITHOUT ROWID;
CREATE TABLE entry (id INTEGER PRIMARY KEY, ecosystem INTEGER NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL);
CREATE TABLE ids (id TEXT PRIMARY KEY, entries BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE known_exploited (id TEXT PRIMARY KEY, added TEXT NOT NULL, due TEXT, ransomware INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE epss (id TEXT PRIMARY KEY, score INTEGER NOT NULL, percentile INTEGER NOT NULL, date TEXT) WITHOUT ROWID;
CREATE TABLE end_of_life (product TEXT NOT NULL, cycle TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (product, cycle)) WITHOUT ROWID;
CREATE TABLE feed (
  feed TEXT NOT NULL, file TEXT NOT NULL, url TEXT NOT NULL, version INTEGER NOT NULL, fetched_at TEXT NOT NULL,
  date TEXT, digest TEXT NOT NULL, records INTEGER NOT NULL, skipped INTEGER NOT NULL, etag TEXT, problem TEXT,
  PRIMARY KEY (feed, file)
) WITHOUT ROWID;
CREATE TABLE absent (feed TEXT NOT NULL, file TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (feed, file)) WITHOUT ROWID;
CREATE TABLE skipped (feed TEXT NOT NULL, file TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL);
`;

/** Made last: filling a table in the order of its key and then indexing it gives the smallest file. */
export const INDEXES = 'CREATE UNIQUE INDEX entry_key ON entry (ecosystem, name);';

/** What a fast build may do without: the file is made aside, and thrown away when anything fails. */
export const BUILD_PRAGMAS =
  'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32768;';
