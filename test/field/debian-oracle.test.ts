import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchCatalog } from '../../src/match/index.ts';
import type { Finding } from '../../src/model/index.ts';
import { deb, distroOf } from '../kit/packages.ts';
import { countOf } from './counts.ts';
import { type Binary, expectedFindings, readTracker, type Tracker } from './debian-oracle.ts';
import { aroundTheFixes, bookwormArchive, busterImage, publishedReports } from './debian-packages.ts';
import { type FeedDatabase, feedDatabase } from './feed-database.ts';
import { hasShared, sharedData } from './shared.ts';

const RELEASES = { buster: '10', bullseye: '11', bookworm: '12' } as const;
type Release = keyof typeof RELEASES;

/** What the matcher finds in Debian's packages, against the tracker's JSON read by itself and dpkg's order. */
describe.skipIf(!hasShared)('findings of Debian packages', () => {
  let tracker: Tracker;
  let feeds: FeedDatabase;

  beforeAll(async () => {
    tracker = readTracker(sharedData('debian/tracker/data/json'));
    feeds = await feedDatabase('debian-tracker');
  });
  afterAll(() => feeds.dispose());

  const real: [Release, string, () => Binary[], least: number][] = [
    ['buster', 'the image of 2019', busterImage, 100],
    ['bullseye', 'images that were reported on', () => publishedReports('bullseye'), 1],
    ['bookworm', 'the whole archive', bookwormArchive, 300],
  ];
  it.each(real)('%s, %s: equal to the oracle', (release, _what, packages, least) => {
    compare(release, packages(), least);
  });

  it.each(Object.keys(RELEASES) as Release[])('%s, around every fix: equal to the oracle', (release) => {
    compare(release, aroundTheFixes(tracker, release, countOf('debianOracleComparisons'), 20_261_122), 200);
  });

  function compare(release: Release, binaries: readonly Binary[], least: number): void {
    const expected = expectedFindings(tracker, release, binaries);
    const found = findingsOf(release, binaries);
    expect(expected.length).toBeGreaterThanOrEqual(least);
    expect(found).toEqual(expected);
  }

  function findingsOf(release: Release, binaries: readonly Binary[]): string[] {
    const packages = binaries.map(({ name, version, source, sourceVersion }) =>
      deb(name, version, { source: { name: source, version: sourceVersion } }),
    );
    const names = new Map(packages.map(({ purl, name }) => [purl, name]));
    const distro = distroOf('debian', RELEASES[release], { codename: release });
    const { findings, diagnostics } = matchCatalog({
      catalog: { distro, packages },
      database: feeds.database,
      now: 0,
    });
    expect(diagnostics).toEqual([]);
    return findings.map((finding) => lineOf(finding, names.get(finding.purl) ?? '')).sort();
  }
});

function lineOf({ id, status, triage, fixedIn, shown }: Finding, name: string): string {
  return [name, id, status, triage ?? 'none', fixedIn ?? 'none', shown ? 'shown' : 'hidden'].join(' ');
}
