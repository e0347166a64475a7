import { describe, expect, test } from 'vitest';
import type { VersionRange } from '../model/index.ts';
import { compareVersions, inRange } from './compare.ts';
import { deb } from './schemes/deb.ts';
import { pep440 } from './schemes/pep440.ts';
import { semver } from './schemes/semver.ts';

describe('compareVersions', () => {
  test.each([
    ['deb', '1', '2', -1],
    ['deb', '1', '1-0', 0],
    ['deb', '2', '1', 1],
    ['deb', '', '1', undefined],
    ['deb', '1', '1 2', undefined],
    ['no-such-scheme', '1', '2', undefined],
    ['PyPI', '1.0', '1.0.0', 0],
  ])('%s %s %s: %s', (scheme, a, b, order) => {
    expect(compareVersions(scheme, a, b)).toBe(order);
  });

  test('a version of absurd length does not parse, in any scheme, in no time', () => {
    expect(compareVersions('deb', '1'.repeat(2_049), '1')).toBeUndefined();
    expect(compareVersions('deb', '1'.repeat(2_048), '1')).toBe(1);
  });
});

describe('inRange', () => {
  const cases: [why: string, version: string, range: VersionRange, answer: string][] = [
    ['introduced is inclusive', '1.0.0', { introduced: '1.0.0', fixed: '2.0.0' }, 'in'],
    ['before introduced', '0.9.0', { introduced: '1.0.0', fixed: '2.0.0' }, 'out'],
    ['fixed is exclusive', '2.0.0', { introduced: '1.0.0', fixed: '2.0.0' }, 'out'],
    ['just below fixed', '2.0.0-rc.1', { introduced: '1.0.0', fixed: '2.0.0' }, 'in'],
    ['last affected is inclusive', '2.0.0', { introduced: '0', lastAffected: '2.0.0' }, 'in'],
    ['after last affected', '2.0.1', { introduced: '0', lastAffected: '2.0.0' }, 'out'],
    ['introduced "0" comes before every version', '0.0.0-alpha', { introduced: '0', fixed: '1.0.0' }, 'in'],
    ['fixed "0" means never affected', '0.0.0-alpha', { introduced: '0', fixed: '0' }, 'out'],
    ['no end', '9.9.9', { introduced: '1.0.0' }, 'in'],
    ['no bounds', '9.9.9', {}, 'in'],
    ['a bound that does not parse', '1.5.0', { introduced: 'one', fixed: '2.0.0' }, 'undetermined'],
    ['the other bound settles it', '2.0.0', { introduced: 'one', fixed: '2.0.0' }, 'out'],
    ['the other bound settles it, too', '0.1.0', { introduced: '1.0.0', fixed: 'two' }, 'out'],
    ['an unknown end', '1.0.0', { introduced: '1.0.0', fixed: 'two' }, 'undetermined'],
  ];
  test.each(cases)('%s: %s in %j is %s', (_, version, range, answer) => {
    const parsed = semver.parse(version);
    if (parsed === undefined) throw new Error(`${version} does not parse`);
    expect(inRange(semver, parsed, range)).toBe(answer);
  });

  test('a bound that only has a legacy order decides nothing', () => {
    const installed = pep440.parse('2019.1');
    if (installed === undefined) throw new Error('it does not parse');
    expect(inRange(pep440, installed, { introduced: '0', fixed: '2019-09-12' })).toBe('undetermined');
  });

  test('Debian revisions', () => {
    const installed = deb.parse('1.1.1n-0+deb11u3');
    if (installed === undefined) throw new Error('it does not parse');
    expect(inRange(deb, installed, { fixed: '1.1.1n-0+deb11u4' })).toBe('in');
    expect(inRange(deb, installed, { fixed: '1.1.1n-0+deb11u3' })).toBe('out');
  });
});
