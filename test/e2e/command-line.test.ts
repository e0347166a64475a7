import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSampleImage } from '../../tools/sample-image.ts';
import { pratique } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'pratique-command-line-'));
const image = join(folder, 'image.tar');
const file = join(folder, 'file');

beforeAll(() => {
  writeSampleImage(image);
  writeFileSync(file, '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('help', () => {
  it.each([
    [['help', 'scan'], ['scan', '--help'], 'Usage: pratique scan [options] <image>\n'],
    [['help', 'db', 'build'], ['db', 'build', '--help'], 'Usage: pratique db build [options]\n'],
    [['help', 'help'], ['--help'], 'Usage: pratique COMMAND [options]\n'],
  ])('%j prints what %j prints', async (words, same, usage) => {
    const run = await pratique(words);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.startsWith(usage)).toBe(true);
    expect(run).toEqual(await pratique(same));
  });
});

describe('words that are wrong', () => {
  it.each([
    [['nosuch'], 'pratique --help'],
    [['help', 'nosuch'], 'pratique --help'],
    [['version', '--nope'], 'pratique version --help'],
    [['scan'], 'pratique scan --help'],
    [['scan', 'one', 'two'], 'pratique scan --help'],
    [['db', 'nosuch'], 'pratique db --help'],
    [['db', 'build', '--nope'], 'pratique db build --help'],
  ])('%j: exit code 2, the code, and what to try', async (words, hint) => {
    const run = await pratique(words);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^pratique: .*\[USAGE\]\n {2}try: {3}/);
    expect(run.stderr).toContain(`"${hint}"`);
  });
});

/** The cache lies below a file, so that there is something to warn of. */
describe('warnings, without a place for the cache', () => {
  const scan = (words: readonly string[], env: Record<string, string>) =>
    pratique(['scan', image, '--packages-only', '--cache-dir', join(file, 'cache'), ...words], { env });

  it.each([
    [[], {}],
    [[], { PRATIQUE_QUIET: 'false' }],
    [[], { PRATIQUE_QUIET: '' }],
  ])('%j with %j: said once', async (words, env) => {
    const run = await scan(words, env);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/^warn layer cache cannot be written .*\n$/);
  });

  it.each([
    [['-q'], {}],
    [['-qf', 'json'], {}],
    [[], { PRATIQUE_QUIET: '1' }],
    [[], { PRATIQUE_QUIET: 'TRUE' }],
  ])('%j with %j: not said', async (words, env) => {
    expect(await scan(words, env)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('settings of the environment', () => {
  it('refuses a word for yes or no that is neither', async () => {
    const run = await pratique(['scan', image], { env: { PRATIQUE_IGNORE_UNFIXED: 'perhaps' } });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('PRATIQUE_IGNORE_UNFIXED');
  });

  it('takes an empty one as not there', async () => {
    const names = ['PLATFORM', 'OFFLINE', 'CACHE_DIR', 'SEVERITY', 'EXIT_CODE', 'INSECURE_REGISTRY', 'DB'];
    const env = Object.fromEntries(names.map((name) => [`PRATIQUE_${name}`, '']));
    const run = await pratique(['scan', image, '--packages-only', '--no-cache'], { env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
  });
});
