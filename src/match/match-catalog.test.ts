import { describe, expect, it } from 'vitest';
import { databaseOf, entryOf } from '../../test/kit/database.ts';
import { apk, deb, distroOf, packageOf, pypi } from '../../test/kit/packages.ts';
import type { AdvisoryEntry, Distro, Package } from '../model/index.ts';
import { matchCatalog } from './match-catalog.ts';

const NOW = Date.parse('2026-11-02T00:00:00Z');

function match(
  packages: readonly Package[],
  entries: readonly AdvisoryEntry[],
  more: { distro?: Distro | undefined; covers?: string[] } = {},
) {
  const distro = 'distro' in more ? more.distro : distroOf('debian', '11');
  const database = databaseOf({ entries, covers: more.covers ?? [] });
  return matchCatalog({ catalog: { distro, packages }, database, now: NOW });
}

const openssl = (given: Partial<AdvisoryEntry> = {}) =>
  entryOf({
    id: 'CVE-2024-1',
    ecosystem: 'Debian:11',
    name: 'openssl',
    ranges: [{ fixed: '1.1.1w-0+deb11u2' }],
    ...given,
  });

describe('a distribution package', () => {
  it('is matched by its source name and source version, not by the binary’s', () => {
    const source = { name: 'openssl', version: '1.1.1w-0+deb11u1' };
    const { findings } = match([deb('libssl1.1', '9:9.9-9', { source })], [openssl()]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      id: 'CVE-2024-1',
      purl: 'pkg:deb/debian/libssl1.1@9:9.9-9',
      status: 'affected',
      fixedIn: '1.1.1w-0+deb11u2',
      shown: true,
      receipt: null,
      evidence: {
        feed: 'debian-tracker',
        recordId: 'CVE-2024-1',
        ecosystem: 'Debian:11',
        lookedUp: 'openssl',
        compared: '1.1.1w-0+deb11u1',
        scheme: 'deb',
        range: { fixed: '1.1.1w-0+deb11u2' },
      },
    });
  });
  it('gives a finding for each binary of the source', () => {
    const source = { name: 'openssl', version: '1.1.1w-0+deb11u1' };
    const { findings } = match(
      [deb('openssl', '1', { source }), deb('libssl1.1', '1', { source })],
      [openssl()],
    );
    expect(findings.map(({ purl }) => purl)).toEqual([
      'pkg:deb/debian/libssl1.1@1',
      'pkg:deb/debian/openssl@1',
    ]);
  });
  it('is never held against the advisories of a parent distribution or of another release', () => {
    const pkg = deb('openssl', '1.0-1');
    expect(
      match([pkg], [openssl()], { distro: distroOf('ubuntu', '22.04', { idLike: ['debian'] }) }).findings,
    ).toEqual([]);
    expect(match([pkg], [openssl()], { distro: distroOf('debian', '12') }).findings).toEqual([]);
  });
  it('keeps the distribution’s triage, and shows it', () => {
    for (const triage of ['no_dsa', 'fix_deferred', 'will_not_fix', 'end_of_life'] as const) {
      const { findings } = match([deb('openssl', '1.0-1')], [openssl({ ranges: [{}], triage })]);
      expect(findings[0]).toMatchObject({ triage, status: 'affected', shown: true, fixedIn: null });
    }
  });
});

describe('aliases', () => {
  const records = [
    entryOf({
      id: 'GHSA-x',
      aliases: ['CVE-2024-9', 'PYSEC-1'],
      ecosystem: 'PyPI',
      name: 'foo',
      ranges: [{ fixed: '1.5' }],
      severity: 'high',
    }),
    entryOf({
      id: 'PYSEC-1',
      aliases: ['CVE-2024-9'],
      ecosystem: 'PyPI',
      name: 'foo',
      ranges: [{ fixed: '1.10' }],
    }),
  ];
  it('become one finding, whose fix settles all records', () => {
    const { findings } = match([pypi('foo', '1.0')], records);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      id: 'CVE-2024-9',
      aliases: ['GHSA-x', 'PYSEC-1'],
      fixedIn: '1.10',
      severity: 'high',
    });
  });
  it('are affected while one record says so', () => {
    const { findings } = match([pypi('foo', '1.7')], records);
    expect(findings[0]).toMatchObject({
      id: 'CVE-2024-9',
      fixedIn: '1.10',
      evidence: { recordId: 'PYSEC-1' },
    });
  });
  it('are no finding once all records are settled', () => {
    expect(match([pypi('foo', '1.10')], records).findings).toEqual([]);
  });
});

describe('records that differ in certainty', () => {
  it('are affected where one is sure, whatever the other doubts', () => {
    const entries = [
      entryOf({ id: 'CVE-2024-9', ecosystem: 'PyPI', name: 'foo', ranges: [{ fixed: 'soon' }] }),
      entryOf({
        id: 'PYSEC-1',
        aliases: ['CVE-2024-9'],
        ecosystem: 'PyPI',
        name: 'foo',
        ranges: [{ fixed: '1.5' }],
      }),
    ];
    const { findings, diagnostics } = match([pypi('foo', '1.0')], entries);
    expect(findings).toMatchObject([{ status: 'affected', fixedIn: '1.5' }]);
    expect(diagnostics).toEqual([]);
  });
});

describe('the same package at two places', () => {
  it('is one finding', () => {
    const twice = [pypi('foo', '1.0', { locations: ['a'] }), pypi('foo', '1.0', { locations: ['b'] })];
    const entry = entryOf({ id: 'CVE-2024-9', ecosystem: 'PyPI', name: 'foo', ranges: [{}] });
    expect(match(twice, [entry]).findings).toHaveLength(1);
  });
});

describe('an unreviewed record', () => {
  it('is shown, and says so', () => {
    const pkg = packageOf('golang', 'mod', 'v1.0.0', { namespace: 'example.com' });
    const entry = entryOf({
      id: 'GO-2024-1',
      ecosystem: 'Go',
      name: 'example.com/mod',
      ranges: [{}],
      unreviewed: true,
    });
    expect(match([pkg], [entry]).findings[0]).toMatchObject({
      shown: true,
      evidence: { note: 'nobody has reviewed GO-2024-1' },
    });
  });
});

describe('what cannot be checked', () => {
  it('is said once for each ecosystem without a feed, with a count and an example', () => {
    const packages = [
      packageOf('npm', 'a', '1.0.0'),
      packageOf('npm', 'b', '1.0.0'),
      deb('openssl', '1.0-1'),
    ];
    expect(match(packages, [openssl()]).diagnostics).toEqual([
      {
        code: 'no-feed',
        where: 'npm',
        unknown: true,
        message: '2 npm packages (such as a 1.0.0) not checked: no feed in the database speaks for npm',
        hint: 'pratique db update',
      },
    ]);
  });
  it('names the release that no feed speaks for', () => {
    const { diagnostics } = match([deb('openssl', '1.0-1')], [openssl()], {
      distro: distroOf('ubuntu', '22.04', { idLike: ['debian'] }),
    });
    expect(diagnostics).toMatchObject([{ code: 'no-feed', where: 'Ubuntu:22.04', unknown: true }]);
  });
  it('includes package types that nobody writes advisories for', () => {
    expect(match([packageOf('generic', 'redis', '7.0.0')], []).diagnostics).toMatchObject([
      { code: 'no-feed', where: 'generic', unknown: true },
    ]);
  });
  it.each([
    [undefined, 'the image does not name its distribution'],
    [distroOf('debian'), 'debian is not known'],
    [distroOf('alpine', '3.10.0'), 'alpine is not known'],
  ])('includes OS packages of the distribution %j', (distro, words) => {
    const { diagnostics, findings } = match([deb('openssl', '1.0-1')], [openssl()], { distro });
    expect(findings).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'unknown-distribution', where: 'deb', unknown: true }]);
    expect(diagnostics[0]?.message).toContain(words);
  });
  it('includes versions that do not parse: undetermined, shown and said', () => {
    const { findings, diagnostics } = match(
      [pypi('foo', 'not a version')],
      [entryOf({ id: 'CVE-2024-9', ecosystem: 'PyPI', name: 'foo', ranges: [{ fixed: '1.0' }] })],
    );
    expect(findings).toMatchObject([{ status: 'undetermined', shown: true, fixedIn: null }]);
    expect(diagnostics).toMatchObject([{ code: 'unparsed-version', where: 'PyPI', unknown: true }]);
    expect(diagnostics[0]?.message).toContain('"not a version" of foo, CVE-2024-9');
  });
  it('is nothing in an image without packages', () => {
    expect(match([], [], { distro: undefined })).toEqual({ findings: [], diagnostics: [] });
  });
});

describe('Alpine', () => {
  it('says that its advisories know only what has been fixed, which is no gap of this scan', () => {
    const { diagnostics } = match([apk('musl', '1.2-r0')], [], {
      distro: distroOf('alpine', '3.10.3'),
      covers: ['Alpine:v3.10'],
    });
    expect(diagnostics).toMatchObject([{ code: 'fixes-only', where: 'Alpine:v3.10', unknown: false }]);
  });
});

describe('the result', () => {
  it('is the same in whatever order packages and entries come', () => {
    const packages = [
      pypi('b', '1.0'),
      pypi('a', '1.0'),
      packageOf('npm', 'a', '1.0.0'),
      deb('openssl', '1.0-1'),
    ];
    const entries = ['CVE-2024-10000', 'CVE-2024-9999'].flatMap((id) => [
      entryOf({ id, ecosystem: 'PyPI', name: 'a', ranges: [{}] }),
      entryOf({ id, ecosystem: 'PyPI', name: 'b', ranges: [{}] }),
      entryOf({ id: `GHSA-2-${id}`, aliases: ['CVE-2000-1'], ecosystem: 'npm', name: 'a', ranges: [{}] }),
    ]);
    const first = match(packages, entries);
    expect(match([...packages].reverse(), [...entries].reverse())).toEqual(first);
    expect(first.findings.map(({ purl, id }) => `${purl} ${id}`)).toEqual([
      'pkg:npm/a@1.0.0 CVE-2000-1',
      'pkg:pypi/a@1.0 CVE-2024-9999',
      'pkg:pypi/a@1.0 CVE-2024-10000',
      'pkg:pypi/b@1.0 CVE-2024-9999',
      'pkg:pypi/b@1.0 CVE-2024-10000',
    ]);
  });
});

it('holds packages that share a purl, but not a name, against their own advisories', () => {
  const golang = (namespace: string): Package => packageOf('golang', 'x', 'v1.0.0', { namespace });
  const entries = ['GO-1 example.com/Big', 'GO-2 example.com/big'].map((line) => {
    const [id = '', path = ''] = line.split(' ');
    return entryOf({ id, ecosystem: 'Go', feed: 'osv', name: `${path}/x`, ranges: [{ fixed: '2.0.0' }] });
  });
  const packages = [golang('example.com/Big'), golang('example.com/big')];
  expect(new Set(packages.map(({ purl }) => purl)).size).toBe(1);
  const { findings } = match(packages, entries);
  expect(findings.map(({ id, evidence }) => [id, evidence.lookedUp])).toEqual([
    ['GO-1', 'example.com/Big/x'],
    ['GO-2', 'example.com/big/x'],
  ]);
});
