import { readFileSync } from 'node:fs';
import type { Binary, Tracker } from './debian-oracle.ts';
import { tool } from './run.ts';
import { sharedData } from './shared.ts';

/** All binaries of bookworm amd64, from Debian's own Packages files. */
export function bookwormArchive(): Binary[] {
  const rows = readFileSync(sharedData('debian/apt/bookworm-amd64-binary-source.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  return rows.map((row) => {
    const [name = '', version = '', source = '', sourceVersion = ''] = row.split('\t');
    return { name, version, source, sourceVersion };
  });
}

/** The packages of the image debian:buster of 2019, as a peer's tests list them. */
export function busterImage(): Binary[] {
  const member = './pkg/fanal/test/integration/testdata/goldens/packages/debian-buster.json.golden';
  const text = tool('tar', ['--zstd', '-xOf', sharedData('fixtures/aquasecurity+trivy.tar.zst'), member]);
  const rows: {
    Name: string;
    Version: string;
    Release?: string;
    Epoch?: number;
    SrcName: string;
    SrcVersion: string;
    SrcRelease?: string;
    SrcEpoch?: number;
  }[] = JSON.parse(text);
  return rows.map((row) => ({
    name: row.Name,
    version: versionOf(row.Epoch, row.Version, row.Release),
    source: row.SrcName,
    sourceVersion: versionOf(row.SrcEpoch, row.SrcVersion, row.SrcRelease),
  }));
}

function versionOf(epoch: number | undefined, upstream: string, revision: string | undefined): string {
  return `${epoch === undefined ? '' : `${epoch}:`}${upstream}${revision === undefined ? '' : `-${revision}`}`;
}

/** The packages of real images of a release, as another scanner's published reports name them. */
export function publishedReports(release: string): Binary[] {
  const rows = tool('zstd', ['-dc', sharedData('observed/scanner-matches.jsonl.zst')])
    .trimEnd()
    .split('\n');
  const binaries = new Map<string, Binary>();
  for (const row of rows) {
    const parts = /^pkg:deb\/debian\/([^@]+)@([^?]+)\?.*os_distro=([a-z]+)/.exec(JSON.parse(row).purl);
    if (parts?.[3] !== release) continue;
    const [name, version] = [decodeURIComponent(parts[1] ?? ''), decodeURIComponent(parts[2] ?? '')];
    binaries.set(`${name} ${version}`, { name, version, source: name, sourceVersion: version });
  }
  return [...binaries.values()];
}

/**
 * Made-up binaries for every source of the tracker in a release, at and around the versions that fixed something
 * there, until `comparisons` of them with a fix are reached. The binary's own version misleads on purpose.
 */
export function aroundTheFixes(
  tracker: Tracker,
  release: string,
  comparisons: number,
  seed: number,
): Binary[] {
  const random = generator(seed);
  const sources = shuffled(Object.keys(tracker).sort(), random);
  const binaries: Binary[] = [];
  let left = comparisons;
  for (const source of sources) {
    const lines = Object.values(tracker[source] ?? {}).flatMap(({ releases }) => releases[release] ?? []);
    const fixes = [...new Set(lines.flatMap(({ fixed_version }) => fixed_version ?? []))];
    if (lines.length === 0) continue;
    const versions = new Set(['1.0-1', ...fixes.flatMap((fix) => neighbours(fix))]);
    for (const [index, sourceVersion] of shuffled([...versions], random)
      .slice(0, 6)
      .entries()) {
      if (left < fixes.length) return binaries;
      left -= fixes.length;
      binaries.push({
        name: `${source}-bin${index}`,
        version: index % 2 === 0 ? '0~0' : '99:9',
        source,
        sourceVersion,
      });
    }
  }
  return binaries;
}

/** Versions before, at and after a fix: rebuilds, backports, security uploads, other epochs. */
function neighbours(fix: string): string[] {
  const lower = fix.replace(/\d+(?=\D*$)/, (digits) => String(Math.max(0, Number(digits) - 1)));
  const higher = fix.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1));
  const otherEpoch = fix.includes(':') ? fix.slice(fix.indexOf(':') + 1) : `1:${fix}`;
  return [
    fix,
    lower,
    higher,
    otherEpoch,
    `${fix}~bpo1`,
    `${fix}~`,
    `${fix}+b1`,
    `${fix}+deb12u1`,
    fix.replace(/-[^-]*$/, '-0'),
  ];
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const weighed = items.map((item) => ({ item, weight: random() }));
  return weighed.sort((a, b) => a.weight - b.weight).map(({ item }) => item);
}

/** mulberry32: small, seeded, the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
