import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { gem } from './gem.ts';

test.each([
  [
    'a word makes a pre-release',
    '1.0.a < 1.0.a.1 < 1.0.a.2 < 1.0.a.10 < 1.0.b < 1.0.rc1 < 1.0 < 1.0.1.a < 1.0.1',
  ],
  ['a hyphen does, too', '1.0.0-1 = 1.0.0.pre.1 < 1.0.0'],
  ['zeros at the end and before a word do not count', '1.a = 1.0.0.a < 1 = 1.0 = 1.0.0 < 1.0.0.1'],
  ['a change between letters and digits separates', '1.0.a9 = 1.0.a.9 < 1.0.a10 = 1.0.a.10'],
  ['upper case comes before lower case', '1.A < 1.a'],
  ['numbers of any length', '1.9007199254740992 < 1.9007199254740993'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('gem', chain)).toEqual([]);
});

test.each(['', 'a', '1..0', '1.', '1_0', '1gamma'])('RubyGems refuses %j', (text) => {
  expect(gem.parse(text)).toBeUndefined();
});

test('a word glued to a number has an order all the same', () => {
  expect(wrongInChain('gem', '1gamma < 1')).toEqual([]);
});
