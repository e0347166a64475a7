import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchCatalog } from '../../src/match/index.ts';
import type { Package } from '../../src/model/index.ts';
import { apk, distroOf } from '../kit/packages.ts';
import { type FeedDatabase, feedDatabase } from './feed-database.ts';
import { tool } from './run.ts';
import { hasShared, sharedData } from './shared.ts';

/** The package lists of two real images against the advisories of their branch. */
const BRANCHES: [branch: string, image: string, fixedSince: Record<string, string>][] = [
  [
    '3.10',
    'alpine-310.tar.gz',
    { 'CVE-2019-1547': '1.1.1d-r0', 'CVE-2019-1549': '1.1.1d-r0', 'CVE-2019-1563': '1.1.1d-r0' },
  ],
  [
    '3.11',
    'alpine-311.tar.gz',
    {
      'CVE-2019-1547': '1.1.1d-r1',
      'CVE-2019-1549': '1.1.1d-r1',
      'CVE-2019-1551': '1.1.1d-r3',
      'CVE-2019-1563': '1.1.1d-r1',
    },
  ],
];

describe.skipIf(!hasShared).each(BRANCHES)('alpine:%s', (branch, image, fixedSince) => {
  let feeds: FeedDatabase;
  let installed: readonly Package[];

  beforeAll(async () => {
    installed = packagesOf(image);
    feeds = await feedDatabase('alpine-secdb');
  });
  afterAll(() => feeds.dispose());

  it('has 14 packages, half of them of another origin', () => {
    expect(installed).toHaveLength(14);
    expect(installed.filter(({ name, source }) => source?.name !== name)).toHaveLength(7);
  });

  it('is newer than every fix: no finding', () => {
    expect(findingsOf(installed)).toEqual([]);
  });

  it('with openssl put back to 1.1.1c-r0 has what the branch fixed since, in its two libraries, and nothing else', () => {
    const older = installed.map((pkg) => (pkg.source?.name === 'openssl' ? putBack(pkg, '1.1.1c-r0') : pkg));
    const expected = ['libcrypto1.1', 'libssl1.1'].flatMap((name) =>
      Object.entries(fixedSince).map(([id, fix]) => `${name} ${id} affected ${fix}`),
    );
    expect(findingsOf(older)).toEqual(expected);
  });

  function findingsOf(packages: readonly Package[]): string[] {
    const distro = distroOf('alpine', `${branch}.3`);
    const { findings, diagnostics } = matchCatalog({
      catalog: { distro, packages },
      database: feeds.database,
      now: 0,
    });
    expect(diagnostics.filter(({ unknown }) => unknown)).toEqual([]);
    const names = new Map(packages.map(({ purl, name }) => [purl, name]));
    return findings.map(({ id, purl, status, fixedIn }) => `${names.get(purl)} ${id} ${status} ${fixedIn}`);
  }
});

function putBack(pkg: Package, version: string): Package {
  return apk(pkg.name, version, { source: { name: 'openssl', version } });
}

/** Reads apk's database out of a docker-save archive of one layer. Source: apk-tools wiki, "Apk spec", P, V, o. */
function packagesOf(image: string): Package[] {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-alpine-'));
  try {
    const member = `./pkg/fanal/test/testdata/${image}`;
    tool('tar', ['--zstd', '-xf', sharedData('fixtures/aquasecurity+trivy.tar.zst'), '-C', folder, member]);
    tool('tar', ['-xzf', join(folder, member), '-C', folder]);
    const layer =
      tool('find', [folder, '-name', '*.tar', '-o', '-name', 'layer.tar']).trim().split('\n')[0] ?? '';
    const text = tool('tar', ['-xOf', layer, 'lib/apk/db/installed']);
    return text.trim().split('\n\n').map(packageOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packageOf(paragraph: string): Package {
  const field = (key: string): string => new RegExp(`^${key}:(.*)$`, 'm').exec(paragraph)?.[1] ?? '';
  return apk(field('P'), field('V'), { source: { name: field('o'), version: field('V') } });
}
