import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/report/index.ts';
import { writeSampleImage } from '../../tools/sample-image.ts';
import { pratique } from './cli.ts';

/** What `npm start` shows, step by step, and what the goldens hold of it: read them when they change. */
const folder = mkdtempSync(join(tmpdir(), 'pratique-e2e-'));
const image = join(folder, 'image.tar');
const db = join(folder, 'advisories.db');
const env = {
  SOURCE_DATE_EPOCH: String(Date.UTC(2026, 10, 22) / 1000),
  PRATIQUE_CACHE_DIR: join(folder, 'cache'),
};

beforeAll(async () => {
  writeSampleImage(image);
  const built = await pratique(['db', 'build', '--from', 'examples/feeds', '--db', db, '--quiet'], { env });
  expect(built).toMatchObject({ code: 0, stderr: '' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scan(...words: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return pratique(['scan', image, '--db', db, '--offline', ...words], { env });
}

describe('the sample', () => {
  it('shows a fixable finding and a hidden one with its receipt, and exits 0', async () => {
    const run = await scan('--format', 'json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report: ScanReport = JSON.parse(run.stdout);
    expect(report.findings.some((finding) => finding.shown && finding.fixedIn !== null)).toBe(true);
    expect(
      report.findings.some((finding) => !finding.shown && finding.receipt?.reason === 'negligible'),
    ).toBe(true);
    expect(
      report.findings.some((finding) => !finding.shown && finding.receipt?.reason === 'owned-by-os-package'),
    ).toBe(true);
    expect(report.findings.filter((finding) => finding.shown === (finding.receipt !== null))).toEqual([]);
  });

  it.each([
    ['table', ['--show-all']],
    ['json', ['--format', 'json']],
  ])('prints the golden %s', async (name, words) => {
    const run = await scan(...words);
    await expect(run.stdout.replaceAll(folder, 'FOLDER').replaceAll('\\', '/')).toMatchFileSnapshot(
      `../golden/sample.${name}.txt`,
    );
  });

  it('gives the same bytes from the cache and without it', async () => {
    const [cached, fresh] = [await scan('--format', 'json'), await scan('--format', 'json', '--no-cache')];
    expect(cached.stdout).toBe(fresh.stdout);
  });

  it('writes several formats in one run', async () => {
    const file = join(folder, 'report.json');
    const run = await scan('--format', 'json', '--output', file, '--format', 'table');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('FIX FIRST');
    expect(JSON.parse(readFileSync(file, 'utf8')).schemaVersion).toBe(1);
  });

  it('hides what was not asked for with a receipt, and honours --exit-code', async () => {
    const run = await scan('--format', 'json', '--severity', 'critical', '--exit-code', '7');
    const report: ScanReport = JSON.parse(run.stdout);
    expect(report.findings.filter((finding) => finding.shown && finding.severity !== 'critical')).toEqual([]);
    expect(report.summary.hiddenByReason).toHaveProperty('not_asked_for');
    expect(run.code).toBe(report.summary.shown > 0 ? 7 : 0);
    expect((await scan('--exit-code', '7')).code).toBe(7);
  });

  it('tells the story of a hidden finding', async () => {
    const run = await pratique(['explain', 'CVE-2023-43804', image, '--db', db], { env });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('python3-urllib3');
  });
});

describe('what goes wrong', () => {
  it.each([
    ['an unknown command', ['scna'], 2, /there is no command "scna"/],
    ['an unknown option', ['scan', 'x', '--frob'], 2, /unknown option '--frob'/],
    ['an unknown format', ['scan', 'x', '--format', 'pdf'], 2, /there is no format "pdf".*USAGE/s],
    ['a missing image', ['scan'], 2, /missing required argument 'image'/],
    [
      'a missing database',
      ['scan', image, '--db', join(folder, 'none.db')],
      2,
      /DATABASE_MISSING.*db update/s,
    ],
    [
      'a file that is no image',
      ['scan', join(import.meta.dirname, 'cli.ts'), '--db', db],
      2,
      /INPUT_UNRECOGNISED/,
    ],
    [
      'a registry without a network',
      ['scan', 'registry.example.com/a:b', '--db', db, '--offline'],
      2,
      /OFFLINE/,
    ],
    ['a bad platform', ['scan', image, '--db', db, '--platform', 'a/b/c/d'], 2, /is not a platform/],
    ['a bad severity', ['scan', image, '--db', db, '--severity', 'bad'], 2, /is not a severity/],
  ])('%s: exit %#', async (_name, words, code, message) => {
    const run = await pratique(words, { env });
    expect(run.stderr).toMatch(message);
    expect(run).toMatchObject({ code, stdout: '' });
  });
});

describe('help and version', () => {
  it('lists every command, and each has its own page', async () => {
    const run = await pratique(['--help']);
    expect(run.code).toBe(0);
    const names = [...run.stdout.matchAll(/^ {2}([a-z-]+) {2}/gm)].map((match) => match[1] ?? '');
    expect(names).toContain('scan');
    for (const name of names) expect((await pratique([name, '--help'])).code, name).toBe(0);
  });

  it('prints the version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await pratique(['version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(await pratique(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});
