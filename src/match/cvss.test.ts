import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { cvssScore } from './cvss.ts';
import { cvss3BaseScore } from './cvss3.ts';

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

describe('cvss3BaseScore', () => {
  const metrics = ['AV:NALP', 'AC:LH', 'PR:NLH', 'UI:NR', 'S:UC', 'C:HLN', 'I:HLN', 'A:HLN'].map((row) => {
    const [name = '', values = ''] = row.split(':');
    return [...values].map((value) => `${name}:${value}`);
  });
  const vectors = metrics.reduce<string[]>(
    (heads, parts) => heads.flatMap((head) => parts.map((part) => `${head}/${part}`)),
    [''],
  );
  const { fromVector } = createRequire(import.meta.url)('ae-cvss-calculator');

  it.each(['3.0', '3.1'])(
    'gives every base vector of %s the score of an independent calculator',
    (version) => {
      expect(vectors).toHaveLength(2592);
      const wrong = vectors
        .map((tail) => `CVSS:${version}${tail}`)
        .filter((vector) => cvss3BaseScore(vector) !== fromVector(vector).calculateScores().base);
      expect(wrong).toEqual([]);
    },
  );
  it.each(['S:U/S:C', 'S:X', ''])('gives nothing where the scope is "%s"', (scope) => {
    expect(cvss3BaseScore(V31.replace('S:U', scope))).toBeUndefined();
  });
});
