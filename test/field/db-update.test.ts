import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DatabaseFile, loadBuilder, openDatabase } from '../../src/advisory/index.ts';
import { zipMembers } from '../../src/archive/index.ts';
import { silentLog } from '../../src/kit/index.ts';
import { type Mirror, startMirror } from '../kit/mirror.ts';
import { hasShared, SHARED, sharedData } from './shared.ts';

const RSS_LIMIT_MB = 1_000;
const cli = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

describe.runIf(hasShared)('the database of real feeds', () => {
  let folder: string;
  let db: DatabaseFile;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pratique-field-db-'));
    const { buildDatabase } = await loadBuilder();
    const path = join(folder, 'folder.db');
    await buildDatabase({ ...settings(folder), path, from: join(SHARED, 'data') });
    db = openDatabase(path);
  });
  afterAll(async () => {
    db.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('counts what it read and what it left out', () => {
    const rows = Object.fromEntries(
      db.feeds().map(({ feed, file, records, skipped }) => [`${feed} ${file}`, [records, skipped]]),
    );
    expect(rows['osv PyPI']).toEqual([2_651, 10]);
    expect(rows['osv Go']?.[1]).toBe(17);
    expect(rows['osv crates.io']).toEqual([1_193, 13]);
    expect(rows['kev known-exploited']).toEqual([1_404, 0]);
    expect(rows['debian-tracker tracker']).toEqual([33_788, 0]);
    expect(rows['end-of-life products']).toEqual([8_351, 0]);
    expect(rows['alpine-secdb v3.10/main']?.[1]).toBe(0);
  });

  test.each(['PyPI', 'Go', 'crates.io'])(
    'has every affected package of every %s record that is not withdrawn',
    async (ecosystem) => {
      const bytes = readFileSync(sharedData(`osv/${ecosystem}.zip`));
      const source = {
        size: bytes.length,
        read: async (at: number, length: number) => bytes.subarray(at, at + length),
      };
      let [checked, notices] = [0, 0];
      for await (const member of zipMembers(source)) {
        const record = JSON.parse((await member.bytes()).toString());
        if (record.withdrawn) continue;
        for (const affected of record.affected) {
          const name =
            ecosystem === 'PyPI'
              ? affected.package.name.toLowerCase().replace(/[-_.]+/g, '-')
              : affected.package.name;
          const entry = db.entries(ecosystem, name).find(({ id }) => id === record.id);
          expect(entry, `${record.id} ${name}`).toBeDefined();
          expect(db.entriesById(record.aliases?.[0] ?? record.id).some(({ id }) => id === record.id)).toBe(
            true,
          );
          const informational = affected.database_specific?.informational ?? null;
          expect(entry?.kind).toBe(informational === null ? 'vulnerability' : 'notice');
          expect(entry?.unreviewed).toBe(
            record.database_specific?.review_status === 'UNREVIEWED' ? true : undefined,
          );
          checked++;
          if (informational !== null) notices++;
        }
      }
      expect(checked).toBeGreaterThan(1_000);
      expect(notices).toBe(ecosystem === 'crates.io' ? 466 : 0);
    },
  );

  test('has Debian’s lines, with their triage', () => {
    const tracker = JSON.parse(readFileSync(sharedData('debian/tracker/data/json'), 'utf8'));
    const numbers: Record<string, string> = { bullseye: '11', bookworm: '12', trixie: '13', sid: 'sid' };
    let checked = 0;
    for (const [source, records] of Object.entries<
      Record<string, { releases: Record<string, Record<string, string>> }>
    >(tracker)) {
      for (const [id, { releases }] of Object.entries(records)) {
        for (const [codename, line] of Object.entries(releases)) {
          const number = numbers[codename];
          if (number === undefined) continue;
          const entry = db.entries(`Debian:${number}`, source).find((one) => one.id === id);
          const never = line.fixed_version === '0';
          expect(entry?.ranges).toEqual(
            never ? [] : line.fixed_version === undefined ? [{}] : [{ fixed: line.fixed_version }],
          );
          if (line.urgency === 'unimportant' && !never) expect(entry?.triage).toBe('negligible');
          checked++;
        }
      }
    }
    expect(checked).toBeGreaterThan(2_000);
  });

  test('has no prose', () => {
    const text = JSON.stringify(
      ['openssl', 'perl', 'curl', 'db5.3'].map((name) => db.entries('Debian:12', name)),
    );
    expect(text).not.toMatch(/Minor issue|point release/);
  });

  test('Alpine 3.10’s openssl was fixed when it was', () => {
    const entry = db.entries('Alpine:v3.10', 'openssl').find(({ id }) => id === 'CVE-2019-1547');
    expect(entry?.ranges).toEqual([{ fixed: '1.1.1d-r0' }]);
  });

  test(`is built with less than ${RSS_LIMIT_MB} MB of memory`, () => {
    const path = join(folder, 'measured.db');
    const script = `process.on('exit', () => process.stderr.write('rss ' + Math.round(process.resourceUsage().maxRSS / 1024) + '\\n'));
      process.argv.splice(1, 0, ${JSON.stringify(cli)}); await import(${JSON.stringify(`file://${cli}`)});`;
    const words = ['db', 'build', '--quiet', '--from', join(SHARED, 'data'), '--output', path];
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', ...words], {
      encoding: 'utf8',
    });
    expect(done.status, done.stderr).toBe(0);
    expect(Number(/rss (\d+)/.exec(done.stderr)?.[1])).toBeLessThan(RSS_LIMIT_MB);
    expect(openDatabase(path).digest).toBe(db.digest);
  });

  describe('from a mirror with the paths of upstream', () => {
    let mirror: Mirror;
    let path: string;
    beforeAll(async () => {
      mirror = await startMirror();
      for (const [at, read] of upstreamPaths()) mirror.files.set(at, read);
      path = join(folder, 'mirror', 'advisories.db');
    });
    afterAll(() => mirror.close());

    const update = async () => {
      const { updateDatabase } = await loadBuilder();
      return updateDatabase({ ...settings(join(folder, 'mirror')), path, from: mirror.base, offline: false });
    };

    test('it holds what the folder gave', async () => {
      const result = await update();
      expect(result.problems).toEqual([]);
      const other = openDatabase(path);
      expect(other.entries('Debian:12', 'openssl')).toEqual(db.entries('Debian:12', 'openssl'));
      expect(other.coveredEcosystems()).toEqual(db.coveredEcosystems());
      // The mirror has the products of the list only, the folder has all.
      expect(other.endOfLife('debian')).toEqual(db.endOfLife('debian'));
      other.close();
    });

    test('a second update transfers nothing', async () => {
      mirror.answers.length = 0;
      expect((await update()).rebuilt).toBe(false);
      expect(mirror.answers.filter((line) => line.startsWith('200 '))).toEqual([]);
      expect(mirror.answers.filter((line) => line.startsWith('304 ')).length).toBeGreaterThan(25);
    });

    test.each([
      ['503', 'tracker/data/json', 'status 503'],
      ['a transfer cut off', 'osv-vulnerabilities/Go/all.zip', 'cut'],
      ['HTML', 'epss_scores-current.csv.gz', 'html'],
    ] as const)('%s: the good one stands', async (_what, file, fault) => {
      const before = openDatabase(path).digest;
      mirror.faults.set(file, fault);
      const result = await update();
      expect(result.problems).toHaveLength(1);
      expect(result.digest).toBe(before);
      mirror.faults.clear();
    });

    test.each([
      [
        'a zip cut off',
        'osv-vulnerabilities/PyPI/all.zip',
        () => readFileSync(sharedData('osv/PyPI.zip')).subarray(0, 1_000_000),
      ],
      [
        'a zip of another kind',
        'osv-vulnerabilities/PyPI/all.zip',
        () => readFileSync(sharedData('npm-legacy/nodejs-security-wg-vuln.tar.zst')),
      ],
      [
        'a tracker cut off',
        'tracker/data/json',
        () => readFileSync(sharedData('debian/tracker/data/json')).subarray(0, 2_000_000),
      ],
    ])('%s: the good one stands', async (_what, file, read) => {
      const before = await readFile(path);
      const good = mirror.files.get(file);
      mirror.files.set(file, read);
      const result = await update();
      expect(result.problems).toHaveLength(1);
      expect(openDatabase(path).digest).toBe(result.digest);
      expect((await readFile(path)).length).toBe(before.length);
      if (good !== undefined) mirror.files.set(file, good);
    });
  });
});

function settings(folder: string) {
  return {
    feedsFolder: join(folder, 'feeds'),
    clock: () => Date.parse('2026-11-22T00:00:00Z'),
    log: silentLog,
    offline: true,
    retries: 0,
    env: {},
  };
}

/** How each file of the shared data lies upstream. */
function upstreamPaths(): [string, () => Buffer][] {
  const plain = (at: string, path: string): [string, () => Buffer] => [
    at,
    () => readFileSync(sharedData(path)),
  ];
  const products = JSON.parse(readFileSync(sharedData('eol/endoflife-products.json'), 'utf8')) as Record<
    string,
    { releases: object[] }
  >;
  const epss = readFileSync(sharedData('epss/epss-observed.csv'), 'utf8').split('\n');
  const scores = [
    '#model_version:v2026,score_date:2026-11-21T00:00:00+0000',
    ...epss.slice(1).map((line) => line.split(',').slice(0, 3).join(',')),
  ];
  const releases = ['v3.3', 'v3.4', 'v3.5', 'v3.6', 'v3.7', 'v3.8', 'v3.9', 'v3.10', 'v3.11'];
  return [
    ...['PyPI', 'Go', 'crates.io'].map((name) =>
      plain(`osv-vulnerabilities/${name}/all.zip`, `osv/${name}.zip`),
    ),
    plain('tracker/data/json', 'debian/tracker/data/json'),
    ...releases
      .flatMap((release) => ['main', 'community'].map((name) => `${release}/${name}.json`))
      .filter((path) => existsSync(sharedData(`alpine/${path}`)))
      .map((path) => plain(path, `alpine/${path}`)),
    plain(
      'sites/default/files/feeds/known_exploited_vulnerabilities.json',
      'kev/known_exploited_vulnerabilities.json',
    ),
    ['epss_scores-current.csv.gz', () => gzipSync(scores.join('\n'))],
    ...Object.entries(products).map(([name, { releases: cycles }]): [string, () => Buffer] => [
      `api/${name}.json`,
      () =>
        Buffer.from(
          JSON.stringify(
            cycles.map((cycle) => ({ ...cycle, cycle: (cycle as { releaseCycle: string }).releaseCycle })),
          ),
        ),
    ]),
  ];
}
