import { describe, expect, it } from 'vitest';
import { entryOf } from '../../test/kit/database.ts';
import type { AdvisoryEntry } from '../model/index.ts';
import { rate } from './rate.ts';

const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';

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
