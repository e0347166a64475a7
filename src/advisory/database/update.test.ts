import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { smallFeeds } from '../../../test/kit/feeds.ts';
import { type Mirror, type MirrorFault, startMirror } from '../../../test/kit/mirror.ts';
import { silentLog } from '../../kit/index.ts';
import { openDatabase } from './open.ts';
import { type UpdateResult, updateDatabase } from './update.ts';

const TRACKER = 'tracker/data/json';
const KEV = 'sites/default/files/feeds/known_exploited_vulnerabilities.json';
const EPSS = 'epss_scores-current.csv.gz';
const PYPI = 'osv-vulnerabilities/PyPI/all.zip';
const DAY = 86_400_000;

let mirror: Mirror;
let folder: string;
let path: string;
beforeEach(async () => {
  mirror = await startMirror(smallFeeds());
  folder = await mkdtemp(join(tmpdir(), 'pratique-update-'));
  path = join(folder, 'data', 'advisories.db');
});
afterEach(async () => {
  await mirror.close();
  await rm(folder, { recursive: true, force: true });
});

/** Updates as on the given day of November 2026. */
function update(
  day = 1,
  more: { from?: string; offline?: boolean; signal?: AbortSignal } = {},
): Promise<UpdateResult> {
  return updateDatabase({
    path,
    from: mirror.base,
    feedsFolder: join(folder, 'feeds'),
    clock: () => Date.parse('2026-11-01T00:00:00Z') + (day - 1) * DAY,
    log: silentLog,
    offline: false,
    retries: 0,
    env: {},
    ...more,
  });
}

function feedRow(feed: string) {
  const db = openDatabase(path);
  try {
    return db.feeds().find((row) => row.feed === feed);
  } finally {
    db.close();
  }
}

const served = (): string[] => mirror.answers.filter((line) => line.startsWith('200 '));

describe('a second update', () => {
  test('asks only whether something changed, and notes that it looked', async () => {
    const first = await update(1);
    expect(served()).toHaveLength(7);
    mirror.answers.length = 0;
    const second = await update(2);
    expect(served()).toEqual([]);
    expect(mirror.answers.filter((line) => line.startsWith('304 '))).toHaveLength(7);
    expect(second).toMatchObject({
      rebuilt: false,
      digest: first.digest,
      builtAt: first.builtAt,
      problems: [],
    });
    expect(feedRow('kev')).toMatchObject({ fetchedAt: '2026-11-02T00:00:00Z', date: '2025-08-25T17:04:19Z' });
  });

  test('fetches what changed, and uses what it has of the rest', async () => {
    const first = await update(1);
    const changed = { vulnerabilities: [{ cveID: 'CVE-2024-9999', dateAdded: '2024-01-02' }] };
    mirror.files.set(KEV, Buffer.from(JSON.stringify(changed)));
    mirror.answers.length = 0;
    const second = await update(2);
    expect(served()).toEqual([`200 ${KEV}`]);
    expect(second.rebuilt).toBe(true);
    expect(second.digest).not.toBe(first.digest);
    const db = openDatabase(path);
    expect(db.knownExploited('CVE-2024-0001')).toBeUndefined();
    expect(db.entries('PyPI', 'django')).toHaveLength(1);
    db.close();
  });

  test('fetches again what was damaged on the disk since', async () => {
    const first = await update(1);
    await writeFile(
      join(folder, 'feeds', 'debian-tracker', 'tracker'),
      'x'.repeat(smallFeeds()[TRACKER]?.length ?? 0),
    );
    mirror.answers.length = 0;
    const second = await update(2);
    expect(served()).toEqual([`200 ${TRACKER}`]);
    expect(second).toMatchObject({ digest: first.digest, problems: [] });
  });

  test('asks with the date where the server gives no ETag', async () => {
    mirror.dated = true;
    await update(1);
    mirror.answers.length = 0;
    expect((await update(2)).rebuilt).toBe(false);
    expect(served()).toEqual([]);
  });

  test('fetches everything again from another mirror', async () => {
    const first = await update(1);
    const other = await startMirror(smallFeeds());
    const second = await update(2, { from: other.base });
    expect(other.answers.filter((line) => line.startsWith('200 '))).toHaveLength(7);
    expect(second).toMatchObject({ rebuilt: false, digest: first.digest });
    await other.close();
  });
});

describe('what goes wrong with one file', () => {
  test.each<[string, MirrorFault, string]>([
    ['a server in trouble', 'status 503', TRACKER],
    ['a connection cut off', 'cut', PYPI],
    ['a login page instead of JSON', 'html', TRACKER],
    ['a login page instead of a zip', 'html', PYPI],
    ['a login page instead of a table', 'html', EPSS],
    ['a file that is gone', 'status 404', KEV],
  ])('%s: the last good one stands, with its age', async (_what, fault, file) => {
    const first = await update(1);
    mirror.faults.set(file, fault);
    const second = await update(5);
    expect(second.digest).toBe(first.digest);
    expect(second.problems).toHaveLength(1);
    expect(second.missing).toEqual([]);
    const feed = second.problems[0]?.feed ?? '';
    expect(feedRow(feed)).toMatchObject({ fetchedAt: '2026-11-01T00:00:00Z', problem: expect.any(String) });
    mirror.faults.clear();
    const third = await update(6);
    expect(third.problems).toEqual([]);
    expect(feedRow(feed)?.fetchedAt).toBe('2026-11-06T00:00:00Z');
    expect(feedRow(feed)).not.toHaveProperty('problem');
  });

  test.each<[string, string, Buffer]>([
    ['a zip that is cut off', PYPI, (smallFeeds()[PYPI] as Buffer).subarray(0, 200)],
    ['another zip', PYPI, Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1')],
    ['JSON that is cut off', TRACKER, Buffer.from(smallFeeds()[TRACKER] as string).subarray(0, 100)],
    [
      'the file of another release',
      'v3.10/main.json',
      Buffer.from('{"distroversion":"v3.9","reponame":"main","packages":[]}'),
    ],
  ])('%s, served without a fault: refused, the last good one stands', async (_what, file, bytes) => {
    const first = await update(1);
    mirror.files.set(file, bytes);
    const second = await update(2);
    expect(second).toMatchObject({ rebuilt: true, digest: first.digest });
    expect(second.problems).toHaveLength(1);
    const kept = await readdir(join(folder, 'feeds'), { recursive: true });
    expect(kept.filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('of a file that breaks off, the records before the break do not count', async () => {
    const first = await update(1);
    const half = '{"new":{"CVE-2024-9999":{"releases":{"sid":{"status":"open"}}}},"openssl":{';
    mirror.files.set(TRACKER, Buffer.from(half));
    expect((await update(2)).digest).toBe(first.digest);
    const db = openDatabase(path);
    expect(db.entries('Debian:sid', 'new')).toEqual([]);
    expect(db.covers('Debian:sid')).toBe(false);
    db.close();
  });

  test('with nothing to fall back on, it is missing, and says for what it does not speak', async () => {
    mirror.faults.set('v3.10/community.json', 'status 503');
    mirror.faults.set(TRACKER, 'status 503');
    const result = await update(1);
    expect(result.missing).toEqual(['debian-tracker']);
    expect(result.problems.map(({ feed, file }) => `${feed} ${file}`)).toEqual([
      'debian-tracker tracker',
      'alpine-secdb v3.10/community',
    ]);
    const db = openDatabase(path);
    expect(db.coveredEcosystems()).toEqual(['PyPI']);
    expect(db.entries('Alpine:v3.10', 'openssl')).toHaveLength(1);
    db.close();
  });

  test('a database that has a feed is never replaced by one without it', async () => {
    await update(1);
    const before = await readFile(path);
    await rm(join(folder, 'feeds'), { recursive: true });
    mirror.faults.set(TRACKER, 'status 503');
    await expect(update(2)).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('debian-tracker'),
    });
    expect(await readFile(path)).toEqual(before);
  });
});

describe('nothing at all', () => {
  test('to be had: an error, and the database in place stays', async () => {
    await update(1);
    const before = await readFile(path);
    await rm(join(folder, 'feeds'), { recursive: true });
    const { base } = mirror;
    await mirror.close();
    await expect(update(2, { from: base })).rejects.toMatchObject({ code: 'NETWORK' });
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(join(folder, 'data'))).toEqual(['advisories.db']);
  });

  test('on a mirror without feeds', async () => {
    mirror.files.clear();
    await expect(update(1)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  test('offline is an error before any request', async () => {
    await expect(update(1, { offline: true })).rejects.toMatchObject({ code: 'OFFLINE' });
    expect(mirror.answers).toEqual([]);
  });

  test('when stopped', async () => {
    const stopped = AbortSignal.abort(new Error('stopped by SIGINT'));
    await expect(update(1, { signal: stopped })).rejects.toThrow('stopped by SIGINT');
    expect(await readdir(folder)).not.toContain('data');
  });
});

test('what killed builds left is removed after hours, what running ones have is not', async () => {
  const left = [
    join(folder, 'data', '.pratique-db-staging-0123456789ab.tmp'),
    join(folder, 'data', '.pratique-db-new-0123456789ab.tmp-journal'),
    join(folder, 'feeds', 'osv', 'PyPI.0123456789ab.new'),
    join(folder, 'feeds', 'osv', '.PyPI.0123456789ab.new.0123456789ab.tmp'),
  ];
  const fresh = join(folder, 'data', '.pratique-db-staging-ba9876543210.tmp');
  const others = join(folder, 'data', 'notes.tmp');
  const longAgo = new Date(Date.now() - 7 * 3_600_000);
  await mkdir(join(folder, 'data'));
  await mkdir(join(folder, 'feeds', 'osv'), { recursive: true });
  for (const file of [...left, fresh, others]) await writeFile(file, 'x');
  for (const file of [...left, others]) await utimes(file, longAgo, longAgo);
  await update();
  expect((await readdir(join(folder, 'data'))).sort()).toEqual([
    '.pratique-db-staging-ba9876543210.tmp',
    'advisories.db',
    'notes.tmp',
  ]);
  expect(await readdir(join(folder, 'feeds', 'osv'))).toEqual(['PyPI', 'PyPI.json']);
});

test('a problem names its file once, in the columns that are for it', async () => {
  await update(1);
  mirror.faults.set(PYPI, 'html');
  const { problems } = await update(2);
  expect(problems).toEqual([{ feed: 'osv', file: 'PyPI', message: expect.stringMatching(/^(?!osv PyPI)/) }]);
  expect(feedRow('osv')?.problem).toBe(problems[0]?.message);
});

test('a damaged database in place is made anew', async () => {
  const first = await update(1);
  await rm(path);
  await writeFile(path, 'damaged');
  const second = await update(2);
  expect(second).toMatchObject({ rebuilt: true, digest: first.digest });
  expect(openDatabase(path).digest).toBe(first.digest);
});

test('a mirror may lie below a path, and may have the files where folders have them', async () => {
  const pypi = mirror.files.get(PYPI) as Buffer;
  mirror.files.clear();
  mirror.files.set('feeds/osv/PyPI.zip', pypi);
  const result = await update(1, { from: `${mirror.base}feeds` });
  expect(result.feeds.map(({ feed, file }) => `${feed} ${file}`)).toEqual(['osv PyPI']);
});
