import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { semver } from './semver.ts';

test.each([
  [
    'the chain of the specification',
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0',
  ],
  ['numbers by value', '1.9.0 < 1.10.0 < 1.10.1 < 2.0.0'],
  [
    'numbers past 2^53 lose nothing',
    '1.0.9007199254740991 < 1.0.9007199254740992 < 1.0.9007199254740993 < 1.0.99999999999999999999999999 < 1.0.100000000000000000000000000',
  ],
  ['numbers past 2^53 in a pre-release too', '1.0.0-9007199254740992 < 1.0.0-9007199254740993'],
  [
    'identifiers with a letter or hyphen are text, by ASCII',
    '1.0.0-1 < 1.0.0--1 < 1.0.0-1-0 < 1.0.0-R2 < 1.0.0-r100 < 1.0.0-r2',
  ],
  ['build metadata takes no part', '1.0.0+a = 1.0.0+b = 1.0.0 < 1.0.1-x+z = 1.0.1-x'],
  ['v and = in front do not count', '1.2.3 = v1.2.3 = V1.2.3 = =1.2.3 < v1.2.4'],
  ['missing numbers are 0; a fourth one counts', '1 = 1.0 = 1.0.0 < 1.0.0.1 < 1.0.1'],
  ['a pre-release set off by a dot or nothing', '1.20rc1 = 1.20.0-rc1 = 1.20.0.rc1 < 1.20'],
  ['npm packages as they are', '4.17.20 < 4.17.21-0 < 4.17.21 < 5.0.0-beta.10'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('semver', chain)).toEqual([]);
});

test.each([
  '',
  'v',
  'latest',
  '1.x',
  '1..2',
  '1.2.3-',
  '1.2.3-a..b',
  '1.2.3-a_b',
  '1.2.3+',
  '^1.2.3',
  '1.2.3 4',
  '-1',
])('%j does not parse', (text) => {
  expect(semver.parse(text)).toBeUndefined();
});
