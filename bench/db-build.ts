import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFullFeeds } from './full-feeds.ts';
import { BENCH_WORK } from './images.ts';
import { cost, ROOT } from './process.ts';
import { type BenchRow, median } from './table.ts';

const FEEDS = join(BENCH_WORK, 'feeds');
const DATABASE = join(BENCH_WORK, 'advisories.db');
const EXPORTED = join(BENCH_WORK, 'advisories.exported');
const MAIN = join(ROOT, 'src', 'cli', 'main.ts');

const PACKAGES = 5_000;

/** The database of feeds of full size: building, size, opening, looking up. */
export async function databaseBench(): Promise<BenchRow[]> {
  if (!existsSync(join(FEEDS, 'epss_scores-current.csv.gz'))) writeFullFeeds(FEEDS);
  rmSync(DATABASE, { force: true });
  const pratique = [process.execPath, MAIN, 'db'];
  const build = await cost([...pratique, 'build', '--quiet', '--from', FEEDS, '--output', DATABASE]);
  if (build.code !== 0) throw new Error('the database could not be built');
  const exporting = await cost([...pratique, 'export', EXPORTED, '--db', DATABASE]);
  const importing = await cost([...pratique, 'import', EXPORTED, '--db', `${DATABASE}.imported`]);
  const megabytes = (path: string): number => statSync(path).size / 1e6;
  const looks = [500, 5_000].map((names) => ({
    names,
    times: Array.from({ length: 7 }, () => lookUp(names)),
  }));
  const matches = Array.from({ length: 7 }, () => matchOf(PACKAGES));
  const opens = looks.flatMap(({ times }) => times.map(({ openMs }) => openMs));
  return [
    {
      what: 'build from full-size feeds',
      measured: build.wallS,
      unit: 's',
      note: `CPU ${build.cpuS.toFixed(1)} s`,
    },
    { what: 'build, memory', measured: build.rssMB, unit: 'MB', reach: 1_000 },
    { what: 'database file', measured: megabytes(DATABASE), unit: 'MB', note: lookUp(1).counts },
    { what: 'database exported', measured: megabytes(EXPORTED), unit: 'MB', reach: 60 },
    { what: 'export', measured: exporting.wallS, unit: 's' },
    {
      what: 'import, with all checks',
      measured: importing.wallS,
      unit: 's',
      note: `${importing.rssMB.toFixed(0)} MB`,
    },
    { what: 'open', measured: median(opens), unit: 'ms', reach: 5 },
    ...looks.map(({ names, times }) => ({
      what: `${names} look-ups in a fresh process`,
      measured: median(times.map(({ lookMs }) => lookMs)),
      unit: 'ms',
      note: `${times[0]?.hits} hits, ${times[0]?.entries} entries`,
    })),
    {
      what: `match ${PACKAGES} packages in a fresh process, opening included`,
      measured: median(matches.map(({ ms }) => ms / 1000)),
      unit: 's',
      reach: 0.3,
      note: `${matches[0]?.findings} findings`,
    },
  ];
}

interface LookUps {
  readonly openMs: number;
  readonly lookMs: number;
  readonly hits: number;
  readonly entries: number;
  readonly counts: string;
}

function lookUp(names: number): LookUps {
  return JSON.parse(runScript('./look-up.ts', names));
}

function matchOf(packages: number): { ms: number; findings: number } {
  return JSON.parse(runScript('./match.ts', packages));
}

function runScript(name: string, count: number): string {
  const script = fileURLToPath(new URL(name, import.meta.url));
  return execFileSync(process.execPath, [script, DATABASE, String(count)], { encoding: 'utf8' });
}
