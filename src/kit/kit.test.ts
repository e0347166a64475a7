import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  canonicalJson,
  clockOf,
  fileKind,
  lineLog,
  mapPooled,
  namesIn,
  PratiqueError,
  readBounded,
  readIfThere,
  redactText,
  timestamp,
  writeWhole,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pratique-kit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ '\u20ac': 1, '\r': 2, '\ud83d\ude00': 3, '1': 4 }, '{"\\r":2,"1":4,"€":1,"😀":3}'],
    [{ kept: 0, dropped: undefined }, '{"kept":0}'],
    [1e21, '1e+21'],
    [-0, '0'],
  ])('%o', (value, text) => expect(canonicalJson(value)).toBe(text));

  it.each([[Number.NaN], [[undefined]], [1n]])('refuses %o', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('files', () => {
  it('reads at most what it may, and says what is missing', async () => {
    const path = join(folder, 'a');
    await writeWhole(path, 'four');
    expect((await readBounded(path, 4)).toString()).toBe('four');
    await expect(readBounded(path, 3)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', where: path });
    await expect(readBounded(join(folder, 'none'), 3)).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    expect(await readIfThere(join(folder, 'none'), 3)).toBeUndefined();
    expect(await namesIn(join(folder, 'none'))).toEqual([]);
  });

  it('leaves the old file and nothing half written when writing fails', async () => {
    const path = join(folder, 'deep', 'b');
    await writeWhole(path, 'old');
    const failing = (async function* () {
      yield Buffer.from('ne');
      throw new Error('cut');
    })();
    await expect(writeWhole(path, failing)).rejects.toMatchObject({ code: 'FILE_IO' });
    expect((await readBounded(path, 9)).toString()).toBe('old');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['b']);
  });

  it.skipIf(process.platform === 'win32')('never puts a file in the place of what is none', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(writeWhole(path, 'text')).rejects.toMatchObject({ code: 'FILE_IO', where: path });
    expect(await fileKind(path)).toBe('other');
    server.close();
  });

  it.runIf(process.platform === 'linux')('adds to a file that is open', async () => {
    const handle = await open(join(folder, 'open'), 'w+');
    await handle.write('head ');
    await writeWhole(`/proc/self/fd/${handle.fd}`, 'and tail');
    await handle.close();
    expect((await readBounded(join(folder, 'open'), 99)).toString()).toBe('head and tail');
  });

  it.runIf(process.platform === 'linux')('ends where a folder can never be made', async () => {
    const made = writeWhole('/proc/none/deeper/file', 'text');
    await expect(made).rejects.toMatchObject({ code: 'FILE_IO', where: '/proc/none/deeper' });
  });
});

describe('mapPooled', () => {
  it('keeps the order and the width', async () => {
    let running = 0;
    let most = 0;
    const out = await mapPooled([3, 1, 2], 2, async (n) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, n));
      running--;
      return n * 10;
    });
    expect(out).toEqual([30, 10, 20]);
    expect(most).toBe(2);
  });

  it('starts nothing more after a failure', async () => {
    const started: number[] = [];
    const run = mapPooled([0, 1, 2, 3], 1, async (n) => {
      started.push(n);
      if (n === 1) throw new PratiqueError('USAGE', 'no');
    });
    await expect(run).rejects.toThrow('no');
    expect(started).toEqual([0, 1]);
  });
});

describe('log', () => {
  it('never prints a secret', () => {
    const lines: string[] = [];
    const log = lineLog((line) => lines.push(line), true);
    log.warn('request', {
      url: 'https://user:pw@host/x',
      password: 'pw1',
      Authorization: 'Bearer abcdefghijk',
      n: 3,
    });
    log.debug('header', { value: 'Basic dXNlcjpwdzEyMw==' });
    expect(lines).toEqual([
      'warn request url=https://***@host/x password=*** Authorization=*** n=3',
      'debug header value=Basic ***',
    ]);
    expect(redactText('see https://a:b@c/d')).toBe('see https://***@c/d');
  });

  it('keeps debug lines for who asks', () => {
    const lines: string[] = [];
    lineLog((line) => lines.push(line), false).debug('x');
    expect(lines).toEqual([]);
  });
});

describe('clock', () => {
  it('takes SOURCE_DATE_EPOCH', () => {
    expect(timestamp(clockOf({ SOURCE_DATE_EPOCH: '1700000000' })())).toBe('2023-11-14T22:13:20Z');
    expect(clockOf({ SOURCE_DATE_EPOCH: 'soon' })()).toBeGreaterThan(1.7e12);
  });
});
