import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { nuget } from './nuget.ts';

test.each([
  ['one to four numbers', '1 = 1.0 = 1.0.0 = 1.0.0.0 < 1.0.0.1 < 1.0.1'],
  [
    'pre-releases as Semantic Versioning has them',
    '1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta.2 < 1.0.0-beta.11 < 1.0.0',
  ],
  ['labels in any case are the same', '1.0.0-BETA = 1.0.0-beta < 1.0.0-Rc1 = 1.0.0-rC1'],
  ['metadata takes no part', '1.0.0+a = 1.0.0+b = 1.0.0'],
  ['leading zeros do not count', '1.01 = 1.1 < 1.2'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('nuget', chain)).toEqual([]);
});

test.each(['', '1.0.0.0.0', 'v1.0', '1.0-', '1.0-a..b', '[1.0]', '1.*'])('%j does not parse', (text) => {
  expect(nuget.parse(text)).toBeUndefined();
});
