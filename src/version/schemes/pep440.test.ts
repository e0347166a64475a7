import { describe, expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { pep440 } from './pep440.ts';

describe('PEP 440', () => {
  test.each([
    [
      'the chain of the specification',
      '1.dev0 < 1.0.dev456 < 1.0a1 < 1.0a2.dev456 < 1.0a12.dev456 < 1.0a12 < 1.0b1.dev456 < 1.0b2 < 1.0b2.post345.dev456 < 1.0b2.post345 < 1.0rc1.dev456 < 1.0rc1 < 1.0 < 1.0+abc.5 < 1.0+abc.7 < 1.0+5 < 1.0.post456.dev34 < 1.0.post456 < 1.0.15 < 1.1.dev1',
    ],
    ['trailing zeros do not count', '1 = 1.0 = 1.0.0 < 1.0.0.1 < 1.1'],
    ['the epoch outweighs the rest', '2024.1 = 0!2024.1 < 1!0.1 < 1!1.0 < 10!0'],
    [
      'spellings of one version',
      '1.0a1 = 1.0-alpha_1 = 1.0.ALPHA.1 = v1.0alpha1 < 1.0c1 = 1.0rc1 = 1.0pre1 = 1.0-preview-1',
    ],
    ['a number may be missing', '1.0.dev = 1.0.dev0 < 1.0a = 1.0a0 < 1.0 < 1.0.post = 1.0.post0'],
    ['post-releases', '1.0 < 1.0-1 = 1.0.post1 = 1.0rev1 = 1.0-r1 < 1.0.post2'],
    [
      'in a local version words come before numbers, and longer after shorter',
      '1.0 < 1.0+a < 1.0+a.1 = 1.0+A-1 = 1.0+a_1 < 1.0+b < 1.0+1 < 1.0+1.a < 1.0+10',
    ],
    ['numbers of any length', '1.9007199254740992 < 1.9007199254740993 < 1.99999999999999999999999999'],
  ])('%s: %s', (_, chain) => {
    expect(wrongInChain('pep440', chain)).toEqual([]);
  });

  test('white space around a version does not count', () => {
    expect(pep440.parse(' 1.0\n')).toEqual(pep440.parse('1.0'));
  });
});

describe('what is not PEP 440 is ordered as setuptools once did', () => {
  test.each([
    ['before all that is', 'a3 < trunk < 1.0-foo < 0.dev0 < 0'],
    ['part by part, numbers as numbers', '0.9-foo < 0.10-foo < 1.0-foo < 1.0-foo.1'],
    ['a candidate before the final version', '1.x-dev < 1.x-pre = 1.x-rc < 1.x'],
  ])('%s: %s', (_, chain) => {
    expect(wrongInChain('pep440', chain)).toEqual([]);
  });

  test.each(['trunk', '2019-09-12', '0.2.0-n653', '1.0-SNAPSHOT', '1.0+', '1..0', '1.0+a+b'])(
    '%s has an order, but decides no range',
    (text) => {
      expect(pep440.parse(text)).toBeUndefined();
      expect(pep440.parseLoose?.(text)).toBeDefined();
    },
  );

  test.each(['', '  ', 'not a version'])('%j has none', (text) => {
    expect(pep440.parseLoose?.(text)).toBeUndefined();
  });
});
