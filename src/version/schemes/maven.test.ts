import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { maven } from './maven.ts';

test.each([
  [
    'the known qualifiers',
    '1-alpha < 1-beta < 1-milestone < 1-rc = 1-cr < 1-snapshot < 1 = 1-ga = 1-final = 1-release < 1-sp < 1-foo < 1-zoo < 1-1 < 1.1',
  ],
  [
    'a, b and m before a number are alpha, beta and milestone',
    '1a1 = 1-alpha-1 < 1b2 = 1-beta-2 < 1m3 = 1-Milestone-3 < 1',
  ],
  ['alone they are words like others', '1 < 1-a < 1-b'],
  [
    'what says nothing at the end, or before a hyphen, goes',
    '1 = 1.0 = 1.0.0 = 1. = 1- = 1.ga = 1.0.0-0.0.0 < 1-foo = 1.0.0-foo.0.0',
  ],
  ['case does not count', '1-SNAPSHOT = 1-snapshot < 1-SP = 1-sp'],
  ['numbers by value, of any length', '1.9 < 1.10 < 1.9007199254740992 < 1.9007199254740993'],
  ['a number after a hyphen comes before one after a dot', '2.0.1 < 2.0.1-123 < 2.0.1.1 < 2.0.2'],
  ['a dot before a word comes before a hyphen', '1.5.9.RC1 < 1.5.9-RC0 < 1.5.9 < 1.5.10'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('maven', chain)).toEqual([]);
});

test.each(['', '1 2', '1.é'])('%j does not parse', (text) => {
  expect(maven.parse(text)).toBeUndefined();
});
