import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../test/kit/database.ts';
import type { AdvisoryEntry, VersionRange } from '../model/index.ts';
import { holdEntry } from './hold.ts';
import { preparedOrder } from './order.ts';

function hold(scheme: string, version: string, given: Partial<AdvisoryEntry>) {
  const entry = entryOf({ id: 'CVE-2024-1', ecosystem: 'Debian:12', name: 'foo', ...given });
  const { status, fixedIn } = holdEntry(entry, version, preparedOrder(scheme));
  return fixedIn === null ? status : `${status}, ${fixedIn}`;
}

describe('ranges', () => {
  const cases: [scheme: string, version: string, ranges: VersionRange[], expected: string][] = [
    ['deb', '1.0-1', [], 'not_affected'],
    ['deb', '1.0-1', [{}], 'affected'],
    ['deb', '1.0-1', [{ introduced: '0' }], 'affected'],
    ['deb', '1.0-1', [{ fixed: '1.0-2' }], 'affected, 1.0-2'],
    ['deb', '1.0-2', [{ fixed: '1.0-2' }], 'not_affected'],
    ['deb', '1.0-2~deb12u1', [{ fixed: '1.0-2' }], 'affected, 1.0-2'],
    ['deb', '1:0.5-1', [{ fixed: '9.0-1' }], 'not_affected'],
    ['apk', '1.1.1c-r0', [{ fixed: '1.1.1d-r0' }], 'affected, 1.1.1d-r0'],
    ['apk', '1.1.1d-r0', [{ fixed: '0' }], 'not_affected'],
    ['pep440', '2.0', [{ introduced: '2.0', fixed: '2.1' }], 'affected, 2.1'],
    ['pep440', '2.0rc1', [{ introduced: '2.0', fixed: '2.1' }], 'not_affected'],
    ['semver', '1.5.0', [{ introduced: '1.0.0', lastAffected: '1.5.0' }], 'affected'],
    ['semver', '1.5.1', [{ introduced: '1.0.0', lastAffected: '1.5.0' }], 'not_affected'],
    ['golang', 'v1.2.3', [{ introduced: '0', fixed: '1.2.4' }], 'affected, 1.2.4'],
    ['golang', 'v1.2.4+incompatible', [{ introduced: '0', fixed: '1.2.4' }], 'not_affected'],
    [
      'golang',
      'v0.0.0-20200101000000-abcdefabcdef',
      [{ fixed: '0.0.0-20210101000000-abcdefabcdef' }],
      'affected, 0.0.0-20210101000000-abcdefabcdef',
    ],
    ['golang', 'go1.21rc2', [{ introduced: '1.21.0-0', fixed: '1.21.0-rc.3' }], 'affected, 1.21.0-rc.3'],
    ['golang', 'go1.21.3', [{ introduced: '1.21.0-0', fixed: '1.21.4' }], 'affected, 1.21.4'],
  ];
  it.each(cases)('%s: %s in %j is %s', (scheme, version, ranges, expected) => {
    expect(hold(scheme, version, { ranges })).toBe(expected);
  });
});

describe('the fix', () => {
  const backports: VersionRange[] = [{ fixed: '1.5.3' }, { introduced: '2.0.0', fixed: '2.1.1' }];
  const overlapping: VersionRange[] = [{ fixed: '1.5.0' }, { introduced: '1.4.0', fixed: '1.6.0' }];
  const cases: [version: string, ranges: VersionRange[], expected: string][] = [
    ['1.0.0', backports, 'affected, 1.5.3'],
    ['2.0.5', backports, 'affected, 2.1.1'],
    ['1.7.0', backports, 'not_affected'],
    ['1.0.0', overlapping, 'affected, 1.6.0'],
    ['1.0.0', [{ fixed: '1.5.0' }, {}], 'affected'],
  ];
  it.each(cases)('of %s in %j: %s', (version, ranges, expected) => {
    expect(hold('semver', version, { ranges })).toBe(expected);
  });
});

describe('listed versions', () => {
  it('are equal by the order of the ecosystem, not by their letters', () => {
    expect(hold('pep440', '1.0', { versions: ['0.9', '1.0.0'] })).toBe('affected');
    expect(hold('pep440', '1.1', { versions: ['0.9', '1.0.0'] })).toBe('not_affected');
  });
  it('are joined with the ranges', () => {
    expect(hold('pep440', '3.0', { versions: ['3.0'], ranges: [{ fixed: '2.0' }] })).toBe('affected');
  });
});

describe('what cannot be compared', () => {
  const cases: [version: string, given: Partial<AdvisoryEntry>, expected: string][] = [
    ['(devel)', { ranges: [{ fixed: '1.0.0' }] }, 'undetermined'],
    ['(devel)', { versions: ['1.0.0'] }, 'undetermined'],
    ['(devel)', { versions: ['(devel)'] }, 'affected'],
    ['(devel)', { ranges: [{}] }, 'affected'],
    ['(devel)', {}, 'not_affected'],
    ['(devel)', { ranges: [{ fixed: '0' }] }, 'not_affected'],
    ['2.0.0', { ranges: [{ fixed: 'soon' }] }, 'undetermined'],
    ['2.0.0', { ranges: [{ introduced: '3.0.0', fixed: 'soon' }] }, 'not_affected'],
    ['2.0.0', { ranges: [{ fixed: 'soon' }, { fixed: '3.0.0' }] }, 'affected'],
    ['2.0.0', { versions: ['nonsense'] }, 'not_affected'],
  ];
  it.each(cases)('%s against %j is %s', (version, given, expected) => {
    expect(hold('semver', version, given)).toBe(expected);
  });

  it('says which version it is', () => {
    const entry = entryOf({
      id: 'X',
      ecosystem: 'npm',
      name: 'x',
      ranges: [{ introduced: '1.0.0', fixed: 'soon' }],
    });
    const held = holdEntry(entry, '2.0.0', preparedOrder('semver'));
    expect(held.note).toBe('"soon" is not a version in the order of semver');
  });
});

describe('triage', () => {
  const cases: [version: string, given: Partial<AdvisoryEntry>, expected: string][] = [
    ['1.0-1', { triage: 'not_affected', ranges: [{}] }, 'not_affected'],
    ['1.0-1', { triage: 'under_investigation', ranges: [{}] }, 'undetermined'],
    ['1.0-1', { triage: 'under_investigation', ranges: [] }, 'undetermined'],
    ['1.0-1', { triage: 'under_investigation', ranges: [{ fixed: '1.0-1' }] }, 'not_affected'],
    ['1.0-1', { triage: 'negligible', ranges: [{ fixed: '1.0-2' }] }, 'affected, 1.0-2'],
    ['1.0-1', { triage: 'end_of_life', ranges: [{}] }, 'affected'],
  ];
  it.each(cases)('%s against %j is %s', (version, given, expected) => {
    expect(hold('deb', version, given)).toBe(expected);
  });
});

describe('over whole numbers, where every answer can be counted', () => {
  const bound = fc.integer({ min: 0, max: 12 });
  const range = fc.record({ introduced: bound, fixed: fc.option(bound, { nil: undefined }) });

  it('agrees with sets of numbers', () => {
    fc.assert(
      fc.property(bound, fc.array(range, { maxLength: 4 }), (version, ranges) => {
        const affects = (n: number) =>
          ranges.some(
            ({ introduced, fixed }) => n >= introduced && (fixed === undefined || (fixed !== 0 && n < fixed)),
          );
        const fixes = ranges.flatMap(({ fixed }) => fixed ?? []).filter((n) => n > version && !affects(n));
        const expected = !affects(version)
          ? 'not_affected'
          : fixes.length === 0
            ? 'affected'
            : `affected, ${Math.min(...fixes)}.0.0`;
        const written = ranges.map(({ introduced, fixed }) => ({
          introduced: `${introduced}.0.0`,
          ...(fixed === undefined ? {} : { fixed: fixed === 0 ? '0' : `${fixed}.0.0` }),
        }));
        expect(hold('semver', `${version}.0.0`, { ranges: written })).toBe(expected);
      }),
    );
  });
});
