import { describe, expect, it } from 'vitest';
import { entryOf } from '../../test/kit/database.ts';
import type { AdvisoryEntry } from '../model/index.ts';
import { cvssScore } from './cvss.ts';
import { rate } from './rate.ts';

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';

describe('cvssScore', () => {
  // Scores: FIRST's calculators. 2.0 knows no "critical".
  const cases: [vector: string, score: number, severity: string][] = [
    [V31, 9.8, 'critical'],
    ['CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L', 3.3, 'low'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 'medium'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3, 'critical'],
    ['AV:N/AC:L/Au:N/C:P/I:P/A:P', 7.5, 'high'],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10, 'high'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'negligible'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U', 9.8, 'critical'],
  ];
  it.each(cases)('%s is %d, %s', (vector, score, severity) => {
    expect(cvssScore(vector)).toEqual({ score, severity, vector });
  });
  it.each([
    '',
    'high',
    'CVSS:3.1/AV:N',
    'CVSS:4.0/AV:N',
    'CVSS:9.0/AV:N/AC:L',
    V31.replace('AV:N', 'AV:Q'),
    `${V31}${'/E:U'.repeat(200)}`,
  ])('gives nothing for %s', (vector) => {
    expect(cvssScore(vector)).toBeUndefined();
  });
});

describe('rate', () => {
  const debian = (given: Partial<AdvisoryEntry>) =>
    entryOf({ id: 'CVE-1', ecosystem: 'Debian:11', name: 'db5.3', ...given });
  const python = (given: Partial<AdvisoryEntry>) =>
    entryOf({ id: 'GHSA-1', ecosystem: 'PyPI', name: 'x', ...given });

  it('takes the distribution’s word before a CVSS vector', () => {
    expect(rate('distribution', [debian({ severity: 'negligible', cvss: [V31] })])).toEqual({
      severity: 'negligible',
      source: 'debian-tracker',
    });
  });
  it('takes the distribution’s own feed before one that passes on others’ words', () => {
    const entries = [debian({ feed: 'osv', severity: 'critical' }), debian({ severity: 'low' })];
    expect(rate('distribution', entries)).toEqual({ severity: 'low', source: 'debian-tracker' });
  });
  it('reads a triage as a severity only where it says that the issue is minor', () => {
    expect(rate('distribution', [debian({ triage: 'no_dsa', cvss: [V31] })])).toEqual({
      severity: 'low',
      source: 'debian-tracker',
    });
    expect(rate('distribution', [debian({ triage: 'will_not_fix', cvss: [V31] })])).toEqual({
      severity: 'critical',
      source: 'cvss',
    });
  });
  it('takes the worst word of an ecosystem', () => {
    expect(rate('language', [python({ severity: 'low' }), python({ severity: 'high' })])).toEqual({
      severity: 'high',
      source: 'osv',
    });
  });
  it('falls back to the newest vector that can be scored', () => {
    const cvss = ['CVSS:4.0/broken', 'CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L', V31];
    expect(rate('language', [python({ cvss })])).toEqual({ severity: 'low', source: 'cvss' });
  });
  it('says unknown where nobody says anything', () => {
    expect(rate('language', [python({ severity: 'unknown' })])).toEqual({ severity: 'unknown' });
  });
  it('calls malware critical', () => {
    expect(rate('language', [python({ kind: 'malware', severity: 'low' })])).toEqual({
      severity: 'critical',
      source: 'osv',
    });
  });
});
