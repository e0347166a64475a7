import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { rpm } from './rpm.ts';

test.each([
  [
    'a tilde before the end, a caret just after it',
    '1.0~rc1~git1 < 1.0~rc1 < 1.0 < 1.0^git1~pre < 1.0^git1 < 1.0.1',
  ],
  ['separators only separate', '1.0 = 1_0 = 1..0 = 1+0 < 1.0.1'],
  ['a change between letters and digits separates too', '1.0a < 1.0a1 = 1.0.a.1 < 1.0.1'],
  ['letters come before digits and after nothing', '1.0 < 1.0.rc1 < 1.0.1'],
  ['leading zeros do not count, length does', '1.9 < 1.010 = 1.10 < 1.100000000000000000000'],
  ['the epoch outweighs the rest, and is 0 when missing', '0:9 = 9 = 00:9 < 1:0 < 10:0'],
  ['the release decides last', '1.0-1.el8 < 1.0-1.el8_10 < 1.0-1.el9 < 1.0-2.el8 < 1.0.1-1.el8'],
  ['module builds', '1.20.1-1.module+el8.4.0+1 < 1.20.1-1.module+el8.5.0+1 < 1.20.1-2.module+el8.4.0+1'],
  ['other characters are separators', '1.α = 1.ββ = 1'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('rpm', chain)).toEqual([]);
});

test.each(['', ' ', '1 0'])('%j does not parse', (text) => {
  expect(rpm.parse(text)).toBeUndefined();
});
