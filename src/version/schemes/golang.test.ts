import { describe, expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { golang } from './golang.ts';

describe('module versions', () => {
  test.each([
    [
      'pseudo-versions stand between the tag before and the next one',
      'v0.0.0-20170116102854-1ef0e047d5a7 < v0.0.0-20180116102854-5a71ef0e047d < v0.1.0 < v0.1.1-0.20200101000000-abcdefabcdef < v0.1.1-alpha < v0.1.1',
    ],
    [
      'a pseudo-version on a pre-release',
      'v1.0.0-rc.1 < v1.0.0-rc.1.0.20200101000000-abcdefabcdef < v1.0.0-rc.2 < v1.0.0',
    ],
    [
      '+incompatible takes no part',
      'v2.0.0 = v2.0.0+incompatible < v2.0.1+incompatible < v10.0.0+incompatible',
    ],
    ['the v may be missing, as in OSV', '1.2.3 = v1.2.3 < 1.2.4'],
    ['short forms are filled up', 'v1 = v1.0 = v1.0.0 < v1.0.1'],
  ])('%s: %s', (_, chain) => {
    expect(wrongInChain('golang', chain)).toEqual([]);
  });
});

describe('toolchain versions', () => {
  test.each([
    ['by value', 'go1.9 < go1.10 < go1.23.1 < go1.23.2 < go1.23.10 < go1.24.1'],
    [
      'pre-releases come before the release',
      'go1.20beta1 < go1.20rc1 < go1.20rc2 < go1.20rc10 < go1.20 = go1.20.0 < go1.20.1',
    ],
    [
      'from 1.21 on 1.N is the language version, before its candidates',
      'go1.21 < go1.21rc2 < go1.21.0 < go1.21.1 < go1.22',
    ],
    [
      'with and without "go", and as the vulnerability database writes it',
      '1.23rc1 = go1.23rc1 = 1.23.0-rc.1 < go1.23.0 = 1.23.0',
    ],
    [
      'a range from 1.22.0-0 on takes all pre-releases in',
      'go1.21.9 < 1.22.0-0 = go1.22 < go1.22rc1 < 1.22.4',
    ],
    ['what a vendor adds does not count', 'go1.22.5 = go1.22.5-bigcorp < go1.22.6 = go1.22.6 < go1.23'],
  ])('%s: %s', (_, chain) => {
    expect(wrongInChain('golang', chain)).toEqual([]);
  });

  test.each([
    ['go1.22.5 X:nocoverageredesign', 'go1.22.5'],
    ['devel go1.26-abc1234 Thu Jan 1 00:00:00 2026', 'go1.26'],
    ['go1.26-devel_abc1234', 'go1.26'],
  ])('%s is %s', (text, plain) => {
    expect(golang.parse(text)).toEqual(golang.parse(plain));
  });
});

test.each([
  '',
  '(devel)',
  'devel +0123456789',
  'v1.2.3.4',
  'v01.2.3',
  '1.2.3-',
  'v1.2.3-a..b',
  'go',
  'gopher',
  'master',
  'v1.2.3 x',
])('%j does not parse', (text) => {
  expect(golang.parse(text)).toBeUndefined();
});
