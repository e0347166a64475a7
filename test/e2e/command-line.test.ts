import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stopped } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { writeSampleImage } from '../../tools/sample-image.ts';
import { ROOT } from '../kit/source-tree.ts';
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

describe('text that is not ours', () => {
  it('cannot steer the terminal through an error', async () => {
    const layout = join(folder, 'layout');
    mkdirSync(layout);
    writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const annotations = { 'org.opencontainers.image.ref.name': 'a\u001b[2J\nb\u202ec' };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifests = [{ mediaType, digest: `sha256:${'0'.repeat(64)}`, size: 2, annotations }];
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    const run = await pratique(['scan', `oci:${layout}:other`, '--packages-only']);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('there is: a\\u001b[2J\\u000ab\\u202ec sha256:');
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

describe('scan --packages-only', () => {
  it('lists the packages, and does not look as if nothing had been found', async () => {
    const run = await pratique(['scan', image, '--packages-only', '--no-cache']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^ {2}deb {3}libudev1 +252\.22-1~deb12u1 +layer 1 {2}\(systemd\)$/m);
    expect(run.stdout).toMatch(/^ {2}pypi {2}flask +3\.0\.0 +layer 2$/m);
    expect(run.stdout).toMatch(/\n\nNothing was matched: these are the packages alone\.\n$/);
    expect(run.stdout).not.toContain('No findings');
  });
});

describe('an end before the end', () => {
  it.skipIf(process.platform === 'win32')('keeps its exit code when nobody reads the output', async () => {
    const words = [
      join(ROOT, 'bin', 'pratique.js'),
      ...['scan', `rootfs:${folder}`, '--packages-only', '--no-cache', '-f', 'json'],
    ];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    child.stderr.destroy();
    const [code] = await once(child, 'exit');
    expect(code).toBe(3);
  });

  it.skipIf(process.platform === 'win32')('stops answering when nobody reads the answers', async () => {
    const words = [join(ROOT, 'bin', 'pratique.js'), 'compare-versions', 'deb'];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.destroy();
    const more = setInterval(() => child.stdin.write('1\t2\n'), 20);
    child.stdin.on('error', () => undefined);
    const [code] = await once(child, 'exit');
    clearInterval(more);
    expect(code).toBe(0);
  });

  it('says who stopped it, and nothing of a fault', async () => {
    const said = { out: '', err: '' };
    const code = await run(
      ['scan', image, '--packages-only', '--no-cache'],
      {
        stdin: (async function* () {})(),
        stdout: { write: (text) => (said.out += text) },
        stderr: { write: (text) => (said.err += text) },
        env: {},
      },
      AbortSignal.abort(new Stopped('stopped by SIGINT', 130)),
    );
    expect({ code, ...said }).toEqual({ code: 130, out: '', err: 'pratique: stopped by SIGINT\n' });
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
