import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { smallFeeds, writeFeeds } from '../../../test/kit/feeds.ts';
import { type Mirror, startMirror } from '../../../test/kit/mirror.ts';
import { run } from '../run.ts';

let folder: string;
let mirror: Mirror;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pratique-cli-db-'));
  mirror = await startMirror(smallFeeds());
  await writeFeeds(join(folder, 'feeds'), smallFeeds());
  env = {
    PRATIQUE_DB: join(folder, 'a.db'),
    PRATIQUE_FEEDS_DIR: join(folder, 'cache'),
    SOURCE_DATE_EPOCH: '1793512800',
  };
});
afterEach(async () => {
  await mirror.close();
  await rm(folder, { recursive: true, force: true });
});

async function pratique(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  async function* nothing(): AsyncGenerator<Uint8Array> {}
  const process = {
    stdin: nothing(),
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    env,
  };
  const code = await run(['db', ...words], process, new AbortController().signal);
  return { code, out, err };
}

test('build, then status as table and as JSON', async () => {
  const built = await pratique('build', '--from', join(folder, 'feeds'));
  expect(built.code).toBe(0);
  expect(built.err).toContain('a new database is in place');
  const table = await pratique('status');
  expect(table.out).toBe(built.out);
  expect(table.out).toMatch(/covers {4}Alpine:v3\.10, Debian:11, Debian:12, PyPI\n/);
  expect(table.out).toContain('not there  44 files of alpine-secdb, 3 files of osv');
  expect(table.out).toMatch(/^osv +1 +1 +1 +- +2026-11-01 +0 days$/m);
  expect(table.out).toMatch(/^kev +1 +1 +0 +2025-08-25 +2026-11-01 +432 days$/m);
  const json = JSON.parse((await pratique('status', '--format', 'json')).out);
  expect(json).toMatchObject({
    schemaVersion: 1,
    counts: { keys: 4, knownExploited: 1 },
    builtAt: '2026-11-01T06:00:00Z',
  });
  expect(json.feeds.map(({ feed }: { feed: string }) => feed)).toContain('epss');
});

test('--verbose names files and skipped records', async () => {
  await pratique('build', '--from', join(folder, 'feeds'));
  const { out } = await pratique('status', '--verbose');
  expect(out).toMatch(/^alpine-secdb +v3\.10\/main /m);
  expect(out).toContain('skipped  osv PyPI PYSEC-2024-2: withdrawn');
  expect(out).toMatch(/^not there .*osv crates\.io, Go, npm$/m);
});

test('update: 0 with warnings for what an older file stands for', async () => {
  expect((await pratique('update', '--from', mirror.base)).code).toBe(0);
  mirror.faults.set('tracker/data/json', 'status 503');
  const again = await pratique('update', '--from', mirror.base);
  expect(again.code).toBe(0);
  expect(again.err).toMatch(
    /^warning: debian-tracker tracker: .*503; the one of 2026-11-01T06:00:00Z stands$/m,
  );
  expect(again.err).toContain('nothing changed upstream');
  expect(again.out).toContain('an older file stands for debian-tracker tracker');
  expect((await pratique('update', '--from', mirror.base, '--quiet')).err).toBe('');
});

test('update: 2 when a feed is missing altogether', async () => {
  mirror.faults.set('tracker/data/json', 'status 503');
  const first = await pratique('update', '--from', mirror.base);
  expect(first.code).toBe(2);
  expect(first.err).toContain('nothing of it is in the database');
  expect(first.out).not.toContain('Debian:12');
});

test('update --offline is an error that says what to do', async () => {
  const { code, err } = await pratique('update', '--from', mirror.base, '--offline');
  expect(code).toBe(2);
  expect(err).toMatch(/OFFLINE[\s\S]*try:/);
  expect((await pratique('update', '--from', join(folder, 'feeds'), '--offline')).code).toBe(0);
});

test('export and import', async () => {
  await pratique('build', '--from', join(folder, 'feeds'));
  const exported = join(folder, 'exported');
  expect((await pratique('export', exported)).code).toBe(0);
  const before = (await pratique('status')).out;
  env.PRATIQUE_DB = join(folder, 'b.db');
  const imported = await pratique('import', exported);
  expect(imported.code).toBe(0);
  expect(imported.out).toMatch(/^imported sha256:[0-9a-f]{64}, built 2026-11-01T06:00:00Z/);
  expect((await pratique('status')).out).toBe(before.replace('a.db', 'b.db'));
  await writeFile(exported, 'x');
  const damaged = await pratique('import', exported);
  expect(damaged.code).toBe(2);
  expect(damaged.err).toContain('DATABASE_INVALID');
});

test.each([
  [['status'], 'DATABASE_MISSING'],
  [['export', 'x'], 'DATABASE_MISSING'],
  [['status', '--format', 'xml'], 'USAGE'],
  [['build'], '--from'],
  [['build', '--from', 'nowhere'], 'INPUT_NOT_FOUND'],
  [['import', 'nowhere'], 'INPUT_NOT_FOUND'],
])('%j: exit code 2, %s', async (words, said) => {
  const { code, err } = await pratique(...words);
  expect(code).toBe(2);
  expect(err).toContain(said);
});
