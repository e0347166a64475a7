import { describe, expect, it } from 'vitest';
import { databaseOf, entryOf, READ_AT } from '../../test/kit/database.ts';
import { apk, deb, distroOf, packageOf, pypi } from '../../test/kit/packages.ts';
import type { AdvisoryEntry, Finding, Package } from '../model/index.ts';
import { matchCatalog } from './match-catalog.ts';
import { isInForce } from './receipts.ts';

interface Given {
  readonly packages: readonly Package[];
  readonly entries: readonly AdvisoryEntry[];
  readonly exploited?: string;
  readonly distro?: ReturnType<typeof distroOf>;
  readonly covers?: readonly string[];
}

function findingsOf({
  packages,
  entries,
  exploited,
  distro = distroOf('debian', '12'),
  covers = [],
}: Given): readonly Finding[] {
  const rows = exploited === undefined ? [] : [{ id: exploited, dateAdded: '2024-05-01', ransomware: false }];
  const database = databaseOf({ entries, knownExploited: rows, covers });
  return matchCatalog({ catalog: { distro, packages }, database, now: 0 }).findings;
}

/** `reason by status`, or `shown status`. */
function ruling(findings: readonly Finding[], purl?: string): string {
  const finding = findings.find((candidate) => purl === undefined || candidate.purl === purl);
  if (finding === undefined) return 'no finding';
  const { receipt, shown, status } = finding;
  return shown ? `shown ${status}` : `${receipt?.reason} by ${receipt?.by}, ${status}`;
}

const foo = (given: Partial<AdvisoryEntry>) =>
  entryOf({ id: 'CVE-2024-1', ecosystem: 'Debian:12', name: 'foo', ranges: [{}], ...given });

describe('triage', () => {
  it.each([
    [{ triage: 'negligible' as const }, 'negligible by debian-tracker, affected'],
    [{ triage: 'under_investigation' as const }, 'under_investigation by debian-tracker, undetermined'],
    [{ triage: 'not_affected' as const, ranges: [] }, 'no finding'],
    [{ triage: 'no_dsa' as const }, 'shown affected'],
    [{}, 'shown affected'],
  ])('%j: %s', (given, expected) => {
    expect(ruling(findingsOf({ packages: [deb('foo', '1.0-1')], entries: [foo(given)] }))).toBe(expected);
  });
  it('gives every receipt the hour at which its source was read', () => {
    const [finding] = findingsOf({
      packages: [deb('foo', '1.0-1')],
      entries: [foo({ triage: 'negligible' })],
    });
    expect(finding?.receipt).toEqual({
      by: 'debian-tracker',
      reason: 'negligible',
      statement:
        'debian-tracker calls it unimportant in foo: no security effect in the package as it is built',
      readAt: READ_AT,
    });
  });
  it('lets the distribution deny what another feed claims for it', () => {
    const entries = [
      foo({ triage: 'not_affected', ranges: [] }),
      foo({ feed: 'osv', ranges: [{ fixed: '2.0-1' }] }),
    ];
    const findings = findingsOf({ packages: [deb('foo', '1.0-1')], entries });
    expect(ruling(findings)).toBe('not_affected by debian-tracker, not_affected');
    expect(findings[0]).toMatchObject({ triage: 'not_affected', fixedIn: null });
  });
});

describe('a feed that contradicts itself', () => {
  it('denies nothing', () => {
    const entries = [foo({ triage: 'not_affected', ranges: [], aliases: ['X-1'] }), foo({ id: 'X-1' })];
    expect(ruling(findingsOf({ packages: [deb('foo', '1.0-1')], entries }))).toBe('shown affected');
  });
});

describe('the kernel in a container', () => {
  const cases: [source: string, expected: string][] = [
    ['linux', 'kernel by kernel-in-container, affected'],
    ['linux-6.1', 'kernel by kernel-in-container, affected'],
    ['linux-signed-amd64', 'kernel by kernel-in-container, affected'],
    ['linux-lts', 'kernel by kernel-in-container, affected'],
    ['linux-pam', 'shown affected'],
    ['linux-atm', 'shown affected'],
    ['linuxptp', 'shown affected'],
    ['util-linux', 'shown affected'],
  ];
  it.each(cases)('source %s: %s', (name, expected) => {
    const pkg = deb('a-binary', '6.1.1-1', { source: { name, version: '6.1.1-1' } });
    expect(ruling(findingsOf({ packages: [pkg], entries: [foo({ name })] }))).toBe(expected);
  });
  it('is no matter of a language package that is called linux', () => {
    const entries = [entryOf({ id: 'CVE-2024-1', ecosystem: 'PyPI', name: 'linux', ranges: [{}] })];
    expect(ruling(findingsOf({ packages: [pypi('linux', '1.0')], entries }))).toBe('shown affected');
  });
});

describe('a language package that an OS package owns', () => {
  const owner = deb('python3-foo', '1.0-1+deb12u1', { source: { name: 'foo', version: '1.0-1+deb12u1' } });
  const owned = pypi('foo', '1.0', { ownedBy: owner.purl });
  const upstream = entryOf({
    id: 'GHSA-1',
    aliases: ['CVE-2024-1'],
    ecosystem: 'PyPI',
    name: 'foo',
    ranges: [{ fixed: '2.0' }],
  });
  const cases: [string, Given, expected: string][] = [
    [
      'fixed by the distribution',
      { packages: [owner, owned], entries: [upstream, foo({ ranges: [{ fixed: '1.0-1+deb12u1' }] })] },
      'owned-by-os-package by package-ownership, not_affected',
    ],
    [
      'denied by the distribution',
      { packages: [owner, owned], entries: [upstream, foo({ ranges: [], triage: 'not_affected' })] },
      'owned-by-os-package by package-ownership, not_affected',
    ],
    [
      'affected by the distribution’s word too',
      { packages: [owner, owned], entries: [upstream, foo({})] },
      'owned-by-os-package by package-ownership, affected',
    ],
    [
      'not listed by a distribution that lists all',
      { packages: [owner, owned], entries: [upstream], covers: ['Debian:12'] },
      'owned-by-os-package by package-ownership, affected',
    ],
    [
      'affected by one of two records of the distribution',
      {
        packages: [owner, owned],
        entries: [upstream, foo({ ranges: [{ fixed: '1.0-1' }] }), foo({ id: 'X-1', aliases: ['GHSA-1'] })],
      },
      'owned-by-os-package by package-ownership, affected',
    ],
    ['of a distribution without a feed', { packages: [owner, owned], entries: [upstream] }, 'shown affected'],
    [
      'of an owner that is not in the image',
      { packages: [owned], entries: [upstream], covers: ['Debian:12'] },
      'shown affected',
    ],
    [
      'and one of the same version that nobody owns',
      { packages: [owner, owned, pypi('foo', '1.0')], entries: [upstream, foo({})] },
      'shown affected',
    ],
  ];
  it.each(cases)('%s', (_name, given, expected) => {
    expect(ruling(findingsOf(given), owned.purl)).toBe(expected);
  });

  it('keeps the word of the language where the distribution lists only fixes and is silent', () => {
    const alpine = distroOf('alpine', '3.20.1');
    const py3 = apk('py3-foo', '1.0-r0', { source: { name: 'py3-foo', version: '1.0-r0' } });
    const inApk = pypi('foo', '1.0', { ownedBy: py3.purl });
    const given = { packages: [py3, inApk], distro: alpine, covers: ['Alpine:v3.20'] };
    expect(ruling(findingsOf({ ...given, entries: [upstream] }), inApk.purl)).toBe('shown affected');
    const fixed = entryOf({
      id: 'CVE-2024-1',
      ecosystem: 'Alpine:v3.20',
      name: 'py3-foo',
      ranges: [{ fixed: '1.0-r0' }],
    });
    expect(ruling(findingsOf({ ...given, entries: [upstream, fixed] }), inApk.purl)).toBe(
      'owned-by-os-package by package-ownership, not_affected',
    );
  });
});

describe('a receipt with an end', () => {
  const until = '2026-12-01T00:00:00Z';
  it.each([
    [until, '2026-11-30T23:59:59Z', true],
    [until, until, false],
    [undefined, '2099-01-01T00:00:00Z', true],
  ])('until %s, at %s: %s', (end, now, expected) => {
    const receipt = {
      by: 'someone',
      reason: 'x',
      statement: 'x',
      ...(end === undefined ? {} : { until: end }),
    };
    expect(isInForce(receipt, Date.parse(now))).toBe(expected);
  });
});

describe('the hour of a receipt', () => {
  it('is that of the oldest file of the feed', () => {
    const feed = { feed: 'debian-tracker', url: '', digest: '', records: 1, skipped: 0 };
    const feeds = ['2026-11-02', '2026-10-01', '2026-11-03'].map((day) => ({
      ...feed,
      file: day,
      fetchedAt: `${day}T00:00:00Z`,
    }));
    const database = databaseOf({ entries: [foo({ triage: 'negligible' })], feeds });
    const catalog = { distro: distroOf('debian', '12'), packages: [deb('foo', '1.0-1')] };
    expect(matchCatalog({ catalog, database, now: 0 }).findings[0]?.receipt?.readAt).toBe(
      '2026-10-01T00:00:00Z',
    );
  });
});

describe('notices and malware', () => {
  const crate = packageOf('cargo', 'foo', '1.0.0');
  const rustsec = (given: Partial<AdvisoryEntry>) =>
    entryOf({ id: 'RUSTSEC-2024-1', ecosystem: 'crates.io', name: 'foo', ranges: [{}], ...given });
  it('hides a notice', () => {
    expect(ruling(findingsOf({ packages: [crate], entries: [rustsec({ kind: 'notice' })] }))).toBe(
      'notice by osv, affected',
    );
  });
  it('shows a notice that is also a vulnerability', () => {
    const entries = [rustsec({ kind: 'notice', aliases: ['GHSA-1'] }), rustsec({ id: 'GHSA-1' })];
    expect(ruling(findingsOf({ packages: [crate], entries }))).toBe('shown affected');
  });
  it('shows malware as critical', () => {
    const [finding] = findingsOf({
      packages: [crate],
      entries: [rustsec({ id: 'MAL-2024-1', kind: 'malware' })],
    });
    expect(finding).toMatchObject({ shown: true, severity: 'critical' });
  });
});

describe('what is known to be exploited', () => {
  const exploited = 'CVE-2024-1';
  it('is shown although it is under investigation', () => {
    const entries = [foo({ triage: 'under_investigation' })];
    const findings = findingsOf({ packages: [deb('foo', '1.0-1')], entries, exploited });
    expect(ruling(findings)).toBe('shown undetermined');
    expect(findings[0]).toMatchObject({ knownExploited: true, receipt: null });
    expect(findings[0]?.evidence.note).toContain('shown because it is known to be exploited');
  });
  it.each([
    ['the kernel, which no container runs', 'linux', {}, 'kernel by kernel-in-container, affected'],
    [
      'what has no effect as it is built',
      'foo',
      { triage: 'negligible' as const },
      'negligible by debian-tracker, affected',
    ],
  ])('stays hidden in %s', (_what, name, given, expected) => {
    const entries = [foo({ name, ...given })];
    const findings = findingsOf({ packages: [deb(name, '1.0-1')], entries, exploited });
    expect(ruling(findings)).toBe(expected);
    expect(findings[0]).toMatchObject({ knownExploited: true });
  });
  it('stays hidden where the package is not affected', () => {
    const entries = [foo({ triage: 'not_affected', ranges: [] }), foo({ feed: 'osv' })];
    expect(ruling(findingsOf({ packages: [deb('foo', '1.0-1')], entries, exploited }))).toBe(
      'not_affected by debian-tracker, not_affected',
    );
  });
});
