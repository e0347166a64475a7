import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { smallFeeds, writeFeeds } from '../../../test/kit/feeds.ts';
import { silentLog } from '../../kit/index.ts';
import { exportDatabase, importDatabase } from './exchange.ts';
import { openDatabase } from './open.ts';
import { buildDatabase } from './update.ts';

let folder: string;
let here: string;
let there: string;
let exported: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pratique-exchange-'));
  here = join(folder, 'here.db');
  exported = join(folder, 'exported');
  await writeFeeds(join(folder, 'feeds'), smallFeeds());
  await build(here, 2);
  await exportDatabase(here, exported);
});
beforeEach(async () => {
  there = join(folder, 'there', 'advisories.db');
  await rm(join(folder, 'there'), { recursive: true, force: true });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function build(path: string, day: number): Promise<void> {
  const clock = (): number => Date.parse(`2026-11-0${day}T00:00:00Z`);
  const from = join(folder, 'feeds');
  await buildDatabase({
    path,
    from,
    feedsFolder: join(folder, 'cache'),
    clock,
    log: silentLog,
    offline: true,
    env: {},
  });
}

const take = (allowOlder = false) => importDatabase(exported, there, { allowOlder });

test('what is exported and imported is the same file', async () => {
  const manifest = await take();
  expect(manifest).toMatchObject({ format: 'pratique-advisories', builtAt: '2026-11-02T00:00:00Z' });
  expect(await readFile(there)).toEqual(await readFile(here));
  expect(openDatabase(there).entries('PyPI', 'django')).toHaveLength(1);
});

test('an export begins with a line that says what it is', async () => {
  const bytes = await readFile(exported);
  const manifest = JSON.parse(bytes.subarray(0, bytes.indexOf(10)).toString());
  expect(manifest).toMatchObject({ version: 1, digest: openDatabase(here).digest });
});

describe('an older one', () => {
  test('is refused, unless it is allowed', async () => {
    await build(there, 3);
    await expect(take()).rejects.toMatchObject({
      code: 'DATABASE_INVALID',
      hint: expect.stringContaining('--allow-older'),
    });
    expect(openDatabase(there).builtAt).toBe('2026-11-03T00:00:00Z');
    await take(true);
    expect(openDatabase(there).builtAt).toBe('2026-11-02T00:00:00Z');
  });

  test('replaces one that cannot be used', async () => {
    await build(there, 3);
    await writeFile(there, 'damaged');
    await take();
    expect(openDatabase(there).builtAt).toBe('2026-11-02T00:00:00Z');
  });
});

describe('a damaged one never replaces a good one', () => {
  const changes: [string, (bytes: Buffer) => Buffer][] = [
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 5)],
    ['cut off in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['only its first line', (bytes) => bytes.subarray(0, bytes.indexOf(10) + 1)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('{"format":"other"}\nxxxx')],
    ['without a first line', () => Buffer.alloc(100_000, 'x')],
    ['of another size', (bytes) => edited(bytes, { size: 1_000 })],
    ['of an absurd size', (bytes) => edited(bytes, { size: 2 ** 50 })],
    ['another digest', (bytes) => edited(bytes, { digest: `sha256:${'0'.repeat(64)}` })],
    ['another date', (bytes) => edited(bytes, { builtAt: '2030-01-01T00:00:00Z' })],
    ['another file digest', (bytes) => edited(bytes, { file: `sha256:${'0'.repeat(64)}` })],
    ...[0.2, 0.4, 0.6, 0.8, 0.99].map((part): [string, (bytes: Buffer) => Buffer] => [
      `one bit at ${part * 100} %`,
      (bytes) => flipped(bytes, Math.floor(bytes.length * part)),
    ]),
  ];
  test.each(changes)('%s', async (_what, change) => {
    await build(there, 1);
    const before = await readFile(there);
    const damaged = join(folder, 'damaged');
    await writeFile(damaged, change(await readFile(exported)));
    await expect(importDatabase(damaged, there, { allowOlder: false })).rejects.toMatchObject({
      code: 'DATABASE_INVALID',
    });
    expect(await readFile(there)).toEqual(before);
    expect(await readdir(join(folder, 'there'))).toEqual(['advisories.db']);
  });

  test('one whose content was changed and dressed up anew', async () => {
    const forged = join(folder, 'forged.db');
    await build(forged, 3);
    const db = new DatabaseSync(forged);
    db.exec('DELETE FROM known_exploited');
    db.close();
    await exportDatabase(forged, join(folder, 'forged'));
    const done = importDatabase(join(folder, 'forged'), there, { allowOlder: false });
    await expect(done).rejects.toMatchObject({
      code: 'DATABASE_INVALID',
      message: expect.stringContaining('digest'),
    });
  });
});

test.each([
  ['import', (below: string) => importDatabase(exported, below, { allowOlder: false })],
  ['build', (below: string) => build(below, 3)],
])('%s to a place that cannot be', async (_, make) => {
  await expect(make(join(exported, 'below.db'))).rejects.toMatchObject({ code: 'FILE_IO' });
});

test('a file that is not there', async () => {
  await expect(importDatabase(join(folder, 'none'), there, { allowOlder: false })).rejects.toMatchObject({
    code: 'INPUT_NOT_FOUND',
  });
  await expect(exportDatabase(join(folder, 'none.db'), exported)).rejects.toMatchObject({
    code: 'DATABASE_MISSING',
  });
});

function edited(bytes: Buffer, change: object): Buffer {
  const end = bytes.indexOf(10);
  const manifest = JSON.parse(bytes.subarray(0, end).toString());
  return Buffer.concat([
    Buffer.from(`${JSON.stringify({ ...manifest, ...change })}\n`),
    bytes.subarray(end + 1),
  ]);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 4, at);
  return copy;
}
