import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { osvZip, smallFeeds, writeFeeds } from '../../../test/kit/feeds.ts';
import { silentLog } from '../../kit/index.ts';
import type { DatabaseFile } from '../database.ts';
import { UPDATERS } from '../updaters.ts';
import { openDatabase } from './open.ts';
import { buildDatabase, type UpdateOptions } from './update.ts';
import { contentDigest } from './verify.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pratique-db-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

let count = 0;
async function build(files: Readonly<Record<string, Buffer | string>>, more: Partial<UpdateOptions> = {}) {
  const place = join(folder, String(++count));
  await writeFeeds(join(place, 'feeds'), files);
  const options: UpdateOptions = {
    path: join(place, 'a.db'),
    from: join(place, 'feeds'),
    feedsFolder: join(place, 'cache'),
    clock: () => Date.parse('2026-11-01T06:00:00Z'),
    log: silentLog,
    offline: true,
    env: {},
    ...more,
  };
  return { place, path: options.path, result: await buildDatabase(options) };
}

describe('a database built from a folder', () => {
  let db: DatabaseFile;
  let place: string;
  beforeAll(async () => {
    const built = await build(smallFeeds());
    db = openDatabase(built.path);
    place = built.place;
  });
  afterAll(() => db.close());

  test('has entries by key', () => {
    expect(db.entries('PyPI', 'django')).toEqual([
      {
        id: 'PYSEC-2024-1',
        aliases: ['CVE-2024-0001', 'GHSA-aaaa-bbbb-cccc'],
        feed: 'osv',
        ecosystem: 'PyPI',
        name: 'django',
        kind: 'vulnerability',
        ranges: [{ fixed: '2.0' }],
        modified: '2024-01-02T00:00:00Z',
        url: 'https://osv.dev/vulnerability/PYSEC-2024-1',
      },
    ]);
    expect(db.entries('Debian:12', 'openssl').map(({ id, triage }) => [id, triage])).toEqual([
      ['CVE-2007-6755', 'negligible'],
      ['CVE-2023-0286', 'not_affected'],
    ]);
    expect(db.entries('Debian:11', 'openssl')).toHaveLength(1);
    expect(db.entries('PyPI', 'flask')).toEqual([]);
    expect(db.entries('npm', 'django')).toEqual([]);
  });

  test('finds entries by any id, in any case', () => {
    expect(db.entriesById('ghsa-aaaa-BBBB-cccc').map(({ id }) => id)).toEqual(['PYSEC-2024-1']);
    expect(db.entriesById('cve-2024-0001').map(({ name }) => name)).toEqual(['django']);
    expect(db.entriesById('CVE-2023-0286').map(({ ecosystem }) => ecosystem)).toEqual([
      'Debian:11',
      'Debian:12',
    ]);
    expect(db.entriesById('CVE-0000-0')).toEqual([]);
  });

  test('says for whom it speaks', () => {
    expect(db.coveredEcosystems()).toEqual(['Alpine:v3.10', 'Debian:11', 'Debian:12', 'PyPI']);
    expect(db.covers('PyPI')).toBe(true);
    expect(db.covers('npm')).toBe(false);
    expect(db.absent()).toContainEqual({
      feed: 'osv',
      file: 'npm',
      reason: expect.stringContaining('osv/npm.zip'),
    });
  });

  test('has what others say of a vulnerability', () => {
    expect(db.knownExploited('CVE-2024-0001')).toEqual({
      id: 'CVE-2024-0001',
      dateAdded: '2024-01-05',
      ransomware: true,
    });
    expect(db.knownExploited('CVE-2024-0002')).toBeUndefined();
    expect(db.epss('CVE-2024-0001')).toEqual({
      id: 'CVE-2024-0001',
      score: 0.00043,
      percentile: 0.1,
      date: '2025-02-20',
    });
    expect(db.epss('CVE-2024-0002')).toBeUndefined();
    expect(db.endOfLife('debian').map(({ cycle, eol }) => [cycle, eol])).toEqual([
      ['12', '2026-07-11'],
      ['11', '2024-08-14'],
    ]);
    expect(db.endOfLife('nothing')).toEqual([]);
  });

  test('knows its feeds and what was left out', () => {
    const feeds = db.feeds();
    expect(feeds.find(({ feed }) => feed === 'osv')).toEqual({
      feed: 'osv',
      file: 'PyPI',
      url: 'https://storage.googleapis.com/osv-vulnerabilities/PyPI/all.zip',
      fetchedAt: '2026-11-01T06:00:00Z',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      records: 1,
      skipped: 1,
    });
    expect(feeds.find(({ feed }) => feed === 'kev')?.date).toBe('2025-08-25T17:04:19Z');
    expect(db.skipped()).toEqual([{ feed: 'osv', file: 'PyPI', id: 'PYSEC-2024-2', reason: 'withdrawn' }]);
    expect(db.builtAt).toBe('2026-11-01T06:00:00Z');
    expect(db.counts()).toEqual({ keys: 4, ids: 6, knownExploited: 1, epss: 1, endOfLife: 2 });
  });

  test('leaves nothing else behind', async () => {
    expect((await readdir(place)).sort()).toEqual(['a.db', 'feeds']);
  });

  test('its digest is that of its content', () => {
    expect(contentDigest(db.path)).toBe(db.digest);
  });
});

describe('the content digest', () => {
  test('does not depend on the order of feeds or records, nor on the time', async () => {
    const feeds = smallFeeds();
    const { result } = await build(feeds);
    const other = await build(feeds, { updaters: UPDATERS.toReversed(), clock: () => 0 });
    expect(other.result.digest).toBe(result.digest);
    const record = (name: string): object => ({
      id: `X-${name}`,
      affected: [{ package: { name: 'a', ecosystem: 'PyPI' }, versions: [name] }],
    });
    const digests = await Promise.all(
      [
        ['1', '2'],
        ['2', '1'],
        ['2', '1', '1'],
      ].map(async (names) => (await build({ 'osv/PyPI.zip': osvZip(names.map(record)) })).result.digest),
    );
    expect(new Set(digests).size).toBe(1);
  });

  test('depends on every record', async () => {
    const feeds = smallFeeds();
    const { result } = await build(feeds);
    for (const path of Object.keys(feeds)) {
      const { [path]: _left, ...rest } = feeds;
      const without = await build(rest);
      const isEmpty = path === 'v3.10/community.json';
      expect.soft(without.result.digest === result.digest, path).toBe(isEmpty);
    }
  });
});

describe('building refuses', () => {
  test('a folder without feeds, and a place that is none', async () => {
    await expect(build({ 'README.md': 'x' })).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    await expect(build({}, { from: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
    });
  });

  test.each([
    ['osv/PyPI.zip', 'not a zip'],
    ['tracker/data/json', '{"openssl":{"CVE-1":'],
    ['epss_scores-current.csv.gz', 'cve;epss'],
    ['v3.10/main.json', '{}'],
  ])('a broken %s, naming it', async (path, bytes) => {
    const files = { ...smallFeeds(), [path]: bytes };
    if (path === 'osv/PyPI.zip') delete files['osv-vulnerabilities/PyPI/all.zip'];
    await expect(build(files)).rejects.toMatchObject({
      message: expect.stringMatching(/^(osv|debian-tracker|epss|alpine-secdb) /),
      where: expect.stringContaining(join(...path.split('/'))),
    });
  });

  test('anything half: the database in place stays', async () => {
    const { place, path } = await build(smallFeeds());
    const before = await readFile(path);
    await writeFeeds(join(place, 'feeds'), { 'api/debian.json': 'x' });
    const again = build({}, { path, from: join(place, 'feeds'), feedsFolder: join(place, 'cache') });
    await expect(again).rejects.toMatchObject({ code: 'FEED_INVALID' });
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(place)).sort()).toEqual(['a.db', 'feeds']);
  });
});

describe('opening', () => {
  test('nothing there', () => {
    expect(() => openDatabase(join(folder, 'none.db'))).toThrow(
      expect.objectContaining({
        code: 'DATABASE_MISSING',
        hint: expect.stringContaining('pratique db update'),
      }),
    );
  });

  test.each<[string, (path: string) => Promise<void> | void]>([
    [
      'a text file',
      (path) => writeFile(path, 'not a database, but long enough to be looked at as one'.repeat(20)),
    ],
    ['an empty file', (path) => writeFile(path, '')],
    ['a folder’s worth of zeroes', (path) => writeFile(path, Buffer.alloc(8192))],
    ['cut off', (path) => truncate(path, 8192)],
    ['a newer format', (path) => change(path, 'PRAGMA user_version = 99')],
    ['an older format', (path) => change(path, 'PRAGMA user_version = 0')],
    ['another program’s', (path) => change(path, 'PRAGMA application_id = 1')],
    ['without its facts', (path) => change(path, 'DELETE FROM meta')],
    ['without its tables', (path) => change(path, 'DROP TABLE meta')],
  ])('%s is refused with a hint', async (_what, damage) => {
    const { path } = await build(smallFeeds());
    await damage(path);
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({
        code: 'DATABASE_INVALID',
        hint: expect.stringContaining('pratique db update'),
      }),
    );
  });

  test('a value that is damaged is an error, never a silent miss', async () => {
    const { path } = await build(smallFeeds());
    change(path, "UPDATE entry SET value = substr(value, 1, length(value) - 3) WHERE name = 'django'");
    const db = openDatabase(path);
    expect(() => db.entries('PyPI', 'django')).toThrow(expect.objectContaining({ code: 'DATABASE_INVALID' }));
    expect(() => db.entriesById('CVE-2024-0001')).toThrow(
      expect.objectContaining({ code: 'DATABASE_INVALID' }),
    );
    expect(db.entries('Debian:12', 'openssl')).toHaveLength(2);
    db.close();
  });
});

function change(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}
