import { describe, expect, it } from 'vitest';
import type { AdvisoryDatabase } from '../advisory/index.ts';
import type { EndOfLife, Finding, Package } from '../model/index.ts';
import { withEndOfLife } from './end-of-life.ts';
import { narrowed } from './narrow.ts';
import { upgradesOf } from './upgrades.ts';

const openssl = deb('libssl3', '3.0.9-1', 'openssl');
const tool = deb('openssl', '3.0.9-1', 'openssl');
const tar = deb('tar', '1.34', 'tar');

describe('upgradesOf', () => {
  const packages = new Map([openssl, tool, tar].map((pkg) => [pkg.purl, pkg]));

  it('groups by source package, raises to the highest fix, puts the exploited first', () => {
    const findings = [
      finding('CVE-1', openssl, '3.0.11-1', 'high'),
      finding('CVE-2', tool, '3.0.9-1+deb12u2', 'critical'),
      { ...finding('CVE-3', tar, '1.35', 'low'), knownExploited: true },
    ];
    expect(upgradesOf(findings, packages)).toMatchObject([
      { name: 'tar', to: '1.35', knownExploited: true, findings: [2] },
      {
        name: 'openssl',
        from: '3.0.9-1',
        to: '3.0.11-1',
        packages: ['libssl3', 'openssl'],
        severity: 'critical',
        findings: [1, 0],
      },
    ]);
  });

  it('leaves out what is hidden or has no fix', () => {
    const findings = [
      { ...finding('CVE-1', tar, '1.35', 'low'), shown: false },
      { ...finding('CVE-2', tar, '', 'low'), fixedIn: null },
    ];
    expect(upgradesOf(findings, packages)).toEqual([]);
  });
});

describe('narrowed', () => {
  it('hides with a receipt, never drops, and leaves hidden ones as they are', () => {
    const receipt = { by: 'debian-tracker', reason: 'negligible', statement: 'x' };
    const findings = [
      finding('CVE-1', tar, '1.35', 'low'),
      { ...finding('CVE-2', tar, '1.35', 'low'), shown: false, receipt },
    ];
    const out = narrowed(findings, { severities: ['high'], fixableOnly: false });
    expect(out).toHaveLength(2);
    expect(out[0]).toMatchObject({ shown: false, receipt: { reason: 'not_asked_for' } });
    expect(out[1]).toBe(findings[1]);
    expect(narrowed(findings, undefined)).toBe(findings);
  });
});

describe('withEndOfLife', () => {
  const rows: EndOfLife[] = [
    { product: 'debian', cycle: '12', codename: 'Bookworm', eol: '2026-07-11', extended: '2028-06-30' },
    { product: 'debian', cycle: '1', eol: true },
  ];
  const database = { endOfLife: () => rows } as unknown as AdvisoryDatabase;
  const distro = { id: 'debian', versionId: '12', idLike: [] };

  it('counts the day of the end as supported', () => {
    expect(withEndOfLife(distro, database, Date.UTC(2026, 6, 11, 23)).endOfLife).toMatchObject({
      ended: false,
    });
    expect(withEndOfLife(distro, database, Date.UTC(2026, 6, 12)).endOfLife).toMatchObject({
      ended: true,
      extended: '2028-06-30',
    });
  });

  it.each([
    ['opensuse-leap', '15.6', 'opensuse', '15.6'],
    ['photon', '5.0', 'vmware-photon', '5.0'],
    ['alpine', '3.10.4', 'alpine-linux', '3.10'],
    ['amzn', '2023', 'amazon-linux', '2023'],
    ['rhel', '8.4', 'rhel', '8'],
  ])('finds %s %s as %s %s', (id, versionId, product, cycle) => {
    const listed = {
      endOfLife: (asked: string) => (asked === product ? [{ product, cycle, eol: true }] : []),
    };
    const known = withEndOfLife({ id, versionId, idLike: [] }, listed as unknown as AdvisoryDatabase, 0);
    expect(known.endOfLife).toMatchObject({ ended: true });
  });

  it('knows nothing of what is not listed, and 12 is not 1', () => {
    expect(withEndOfLife({ ...distro, versionId: '99' }, database, 0).endOfLife).toBeNull();
    expect(withEndOfLife(distro, undefined, 0).endOfLife).toBeNull();
  });
});

function deb(name: string, version: string, source: string): Package {
  const purl = `pkg:deb/debian/${name}@${version}`;
  return {
    purl,
    type: 'deb',
    name,
    version,
    namespace: 'debian',
    source: { name: source, version },
    layer: { index: 0 },
    locations: [],
    cataloger: 'dpkg',
  };
}

function finding(id: string, pkg: Package, fixedIn: string, severity: Finding['severity']): Finding {
  const evidence = {
    feed: 'debian-tracker',
    recordId: id,
    ecosystem: 'Debian:12',
    lookedUp: '',
    compared: pkg.version,
    scheme: 'deb',
    range: null,
  };
  return {
    id,
    aliases: [],
    purl: pkg.purl,
    status: 'affected',
    severity,
    fixedIn,
    triage: null,
    knownExploited: false,
    epss: null,
    shown: true,
    receipt: null,
    evidence,
  };
}
