import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { composer } from './composer.ts';

test.each([
  [
    'stabilities',
    '1.0-dev < 1.0-alpha1 = 1.0a1 < 1.0-beta1 = 1.0b1 < 1.0-RC1 = 1.0rc1 < 1.0-RC2 < 1.0 < 1.0-pl1 = 1.0p1',
  ],
  ['numbers are filled up', '1 = 1.0 = 1.0.0.0 < 1.0.0.1 < 1.1'],
  ['a pre-release of the filled-up version comes before it', '3.4.0-alpha < 3.4 < 3.4.0-patch1 < 3.4.1'],
  ['more after a pre-release comes after it', '1.0-beta < 1.0-beta.1 < 1.0-beta.1.1 < 1.0-beta.2'],
  ['what stands behind a plus takes no part', '1.0+a = 1.0+b = 1.0'],
  ['v in front does not count', 'v1.0 = V1.0 = 1.0'],
  ['numbers of any length', '1.9007199254740992 < 1.9007199254740993'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('composer', chain)).toEqual([]);
});

test.each(['', 'dev-main', 'a1', '1 2', '1.é'])('%j does not parse', (text) => {
  expect(composer.parse(text)).toBeUndefined();
});
