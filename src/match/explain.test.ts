import { describe, expect, it } from 'vitest';
import { type DatabaseContent, databaseOf, entryOf } from '../../test/kit/database.ts';
import { deb, distroOf, packageOf, pypi } from '../../test/kit/packages.ts';
import type { Distro, Package, Story } from '../model/index.ts';
import { explainFinding } from './explain.ts';
import { matchCatalog } from './match-catalog.ts';

function explain(
  id: string,
  packages: readonly Package[],
  content: DatabaseContent,
  more: { purl?: string; distro?: Distro } = {},
): Story {
  const catalog = { distro: more.distro ?? distroOf('debian', '11'), packages };
  const database = databaseOf(content);
  const { findings } = matchCatalog({ catalog, database, now: 0 });
  return explainFinding({
    id,
    catalog,
    database,
    findings,
    ...(more.purl === undefined ? {} : { purl: more.purl }),
  });
}

/** The facts of the one step about `heading`, as an object. */
function factsOf(story: Story, heading: string): Record<string, string> {
  const step = story.steps.find((candidate) => candidate.heading === heading);
  return Object.fromEntries(step?.facts ?? []);
}

/** Debian calls CVE-2019-8457 in db5.3 a minor issue; NVD rates the same id, in SQLite, 9.8. Made for this test. */
describe('CVE-2019-8457 in libdb5.3', () => {
  const version = '5.3.28+dfsg1-0.8';
  const libdb = deb('libdb5.3', version, { source: { name: 'db5.3', version } });
  const content: DatabaseContent = {
    entries: [
      entryOf({
        id: 'CVE-2019-8457',
        ecosystem: 'Debian:11',
        name: 'db5.3',
        ranges: [{}],
        triage: 'negligible',
        triageReason: 'unimportant',
        severity: 'negligible',
        url: 'https://security-tracker.debian.org/tracker/CVE-2019-8457',
      }),
      entryOf({
        id: 'GHSA-p4x4-rw2p-8j8m',
        aliases: ['CVE-2019-8457'],
        ecosystem: 'npm',
        name: 'sqlite3',
        ranges: [{ fixed: '4.1.0' }],
        severity: 'critical',
        cvss: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
      }),
    ],
    epss: [{ id: 'CVE-2019-8457', score: 0.0312, percentile: 0.871, date: '2026-11-01' }],
  };
  const story = explain('CVE-2019-8457', [libdb], content);
  const facts = factsOf(story, libdb.purl);

  it('goes by the distribution’s word, and names both', () => {
    expect(facts).toMatchObject({
      Status: 'affected',
      Installed: 'libdb5.3 5.3.28+dfsg1-0.8',
      'Looked up': 'db5.3 5.3.28+dfsg1-0.8 (its source package) in Debian:11',
      Record: 'CVE-2019-8457, from debian-tracker, read 2026-11-01T06:00:00Z',
      Affected: 'every version',
      'Version order': 'deb',
      Severity: 'negligible, by debian-tracker',
      CVSS: '9.8 critical (CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H)',
      'Rated elsewhere': 'critical, by osv (GHSA-p4x4-rw2p-8j8m, npm)',
      'Fixed in': 'no fix is known',
    });
    expect(facts['Triage']).toBe(
      'negligible (no security effect in the package as the distribution builds it), marked "unimportant"',
    );
  });
  it('says why it is hidden, by whom and since when', () => {
    expect(facts['Shown']).toBe(
      'no: debian-tracker calls it unimportant in db5.3: no security effect in the package as it is built (debian-tracker: negligible, read 2026-11-01T06:00:00Z)',
    );
    expect(story.answer).toBe('It affects 1 package of this image; not shown by default.');
  });
  it('says what is known of its exploitation', () => {
    expect(facts).toMatchObject({
      Exploited: 'not in CISA’s catalogue',
      'Chance of exploitation': '3.1 % within 30 days (above 87 % of all CVEs, of 2026-11-01)',
    });
  });
  it('links to the record', () => {
    expect(story.steps[0]?.links).toEqual(['https://security-tracker.debian.org/tracker/CVE-2019-8457']);
  });
});

describe('a finding in a language package', () => {
  const content: DatabaseContent = {
    entries: [
      entryOf({
        id: 'GHSA-1',
        aliases: ['CVE-2024-9'],
        ecosystem: 'PyPI',
        name: 'foo',
        ranges: [{ introduced: '1.0', fixed: '1.5' }],
        severity: 'high',
      }),
    ],
    knownExploited: [{ id: 'CVE-2024-9', dateAdded: '2024-05-01', dueDate: '2024-05-22', ransomware: true }],
  };
  it('is found by any of its names', () => {
    for (const id of ['CVE-2024-9', 'GHSA-1', 'cve-2024-9', 'ghsa-1']) {
      expect(factsOf(explain(id, [pypi('foo', '1.2')], content), 'pkg:pypi/foo@1.2')).toMatchObject({
        Affected: 'from 1.0 before 1.5',
        Severity: 'high, by osv',
        Exploited: 'yes, in CISA’s catalogue since 2024-05-01, to be fixed by 2024-05-22, used by ransomware',
        'Fixed in': '1.5',
        Shown: 'yes',
        'Found in': 'layer 0, at/foo',
        'Also known as': 'GHSA-1',
      });
    }
  });
  it('names the other ecosystems’ words, be they the same', () => {
    const twin = entryOf({
      id: 'GHSA-1',
      aliases: ['CVE-2024-9'],
      ecosystem: 'npm',
      name: 'foo',
      severity: 'high',
    });
    const story = explain('GHSA-1', [pypi('foo', '1.2')], { entries: [...(content.entries ?? []), twin] });
    expect(factsOf(story, 'pkg:pypi/foo@1.2')['Rated elsewhere']).toBe('high, by osv (GHSA-1, npm)');
  });
  it('can be asked for one package only', () => {
    const packages = [pypi('foo', '1.2'), pypi('foo', '1.3')];
    expect(explain('CVE-2024-9', packages, content).steps).toHaveLength(2);
    expect(explain('CVE-2024-9', packages, content, { purl: 'pkg:pypi/foo' }).steps).toHaveLength(2);
    expect(explain('CVE-2024-9', packages, content, { purl: 'pkg:pypi/foo@1.3' }).steps).toHaveLength(1);
    expect(explain('CVE-2024-9', packages, content, { purl: 'pkg:pypi/bar' }).answer).toBe(
      'The image holds no pkg:pypi/bar.',
    );
  });
});

describe('an id that does not affect the image', () => {
  const tracker = (given = {}) =>
    entryOf({
      id: 'CVE-2024-1',
      ecosystem: 'Debian:11',
      name: 'openssl',
      ranges: [{ fixed: '1.1-2' }],
      ...given,
    });
  const openssl = deb('openssl', '1.1-3');

  it('is fixed already', () => {
    const story = explain('CVE-2024-1', [openssl], { entries: [tracker()] });
    expect(story.answer).toBe('It is about 1 package of this image, and affects none.');
    expect(factsOf(story, openssl.purl)).toMatchObject({
      Status: 'not affected',
      'Why not': 'fixed already: 1.1-3 is not below 1.1-2',
    });
  });
  it('is denied by the distribution', () => {
    const story = explain('CVE-2024-1', [openssl], {
      entries: [tracker({ ranges: [], triage: 'not_affected' })],
    });
    expect(factsOf(story, openssl.purl)['Why not']).toBe(
      'debian-tracker: not_affected (not affected: the vulnerable code is not in this release)',
    );
  });
  it('came with a later version', () => {
    const entry = entryOf({
      id: 'CVE-2024-2',
      ecosystem: 'PyPI',
      name: 'foo',
      ranges: [{ introduced: '2.0', fixed: '2.1' }],
    });
    const story = explain('CVE-2024-2', [pypi('foo', '1.0')], { entries: [entry] });
    expect(factsOf(story, 'pkg:pypi/foo@1.0')['Why not']).toBe('1.0 is in none of the affected ranges');
  });
  it('is about packages that are not in the image', () => {
    const story = explain('CVE-2024-1', [deb('bash', '5.1-2')], { entries: [tracker()] });
    expect(story.answer).toBe('It is about packages that were not found in this image.');
    expect(story.steps).toEqual([
      { heading: 'What the database says it is about', facts: [['Debian:11', 'openssl: before 1.1-2']] },
    ]);
  });
  it('is in no advisory', () => {
    const story = explain('CVE-2024-404', [openssl], { entries: [tracker()] });
    expect(story).toEqual({
      title: 'CVE-2024-404',
      answer: 'No advisory in the database mentions it for a package of this image.',
      steps: [],
    });
  });
  it('may be hidden in what no feed covers', () => {
    const story = explain('CVE-2024-404', [openssl, packageOf('npm', 'a', '1.0.0')], {
      entries: [tracker()],
    });
    expect(factsOf(story, 'What could not be looked up')).toEqual({
      npm: '1 npm package (such as a 1.0.0) not checked: no feed in the database speaks for npm',
    });
    expect(story.answer).toBe(
      'No advisory in the database mentions it for a package of this image. Not every package could be looked up.',
    );
  });
});
