import { describe, expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { apk } from './apk.ts';

describe('valid versions', () => {
  test.each([
    [
      'suffixes before and after the release',
      '1_alpha < 1_alpha1 < 1_beta < 1_pre < 1_rc < 1 < 1_cvs < 1_svn < 1_git < 1_hg < 1_p',
    ],
    ['numbers by value', '1.9 < 1.10 < 1.123456789012345678901 < 1.1234567890123456789010'],
    ['more numbers come after fewer, even zeros', '1 < 1.0 < 1.0.0 < 1.1'],
    [
      'a leading zero makes it text, except in the first number',
      '1.0 < 1.00 < 1.01 < 1.010 < 1.02 < 1.1 < 1.2 < 2 = 02 < 2.0',
    ],
    ['a letter comes after suffixes and before numbers', '1.2 < 1.2_p1 < 1.2a < 1.2b < 1.2.0'],
    [
      'the revision decides last; a missing one comes before r0',
      '1.2 < 1.2-r0 < 1.2-r1 = 1.2-r01 < 1.2-r9 < 1.2-r10 < 1.2_p1',
    ],
    ['several suffixes', '1_alpha_alpha < 1_alpha < 1_alpha1 < 1_alpha_p1 < 1_rc_p1 < 1'],
    ['numbers after the letter, as OpenSMTPD has them', '6.0.2p1-r9 < 6.0.2p1-r10 < 6.0.2p2-r0 < 6.0.2p10'],
    ['a commit hash compares as text', '1.2 < 1.2-r9 < 1.2~1a < 1.2~1b < 1.2_p1'],
  ])('%s: %s', (_, chain) => {
    expect(wrongInChain('apk', chain)).toEqual([]);
  });

  test.each(['1', '1.2.3', '1.0a', '1_rc1_p2', '1.2.3a_git20200101~0abc-r12', '6.0.2p1-r0'])(
    '%s parses',
    (text) => {
      expect(apk.parse(text)).toBeDefined();
    },
  );
});

describe('versions that apk refuses still have an order', () => {
  test.each([
    ['what follows the last valid part comes before the end', '1.2_rc1 < 1.2_blah < 1.2 < 1.2_p1'],
    ['whatever it is', '1_foo = 1_bar = 1--r1 = 1-ruff < 1 < 1a'],
    ['the revision before it counts', '1-r-2 = 1-r0-1 < 1 < 1-r0 < 1-r1-1 < 1-r1'],
    ['a missing first number is 0', '.1 = 0.1 < .2 < 1'],
    ['empty numbers in between', '0..1..0 < 0..1..1 < 0..8 < 0'],
  ])('%s: %s', (_, chain) => {
    expect(wrongInChain('apk', chain)).toEqual([]);
  });

  test.each(['1.2_blah', '1-r', '1..2', '.1', 'a', '1.2.', '1.2-r1-r2', '1A'])(
    '%s has an order, but decides no range',
    (text) => {
      expect(apk.parse(text)).toBeUndefined();
      expect(apk.parseLoose?.(text)).toBeDefined();
    },
  );

  test.each(['', '-r1', '_p1', 'A', '1 2', '1\n', '1.é'])('%j has none', (text) => {
    expect(apk.parse(text)).toBeUndefined();
    expect(apk.parseLoose?.(text)).toBeUndefined();
  });
});
