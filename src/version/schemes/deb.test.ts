import { expect, test } from 'vitest';
import { wrongInChain } from '../../../test/kit/version-chains.ts';
import { deb } from './deb.ts';

test.each([
  ['a tilde comes before everything, even the end', '1.0~~ < 1.0~~a < 1.0~ < 1.0~rc1 < 1.0 < 1.0a'],
  [
    'numbers compare by value, whatever their length',
    '1.9 < 1.10 < 1.99999999999999999999 < 1.100000000000000000000',
  ],
  ['leading zeros do not count', '1.01 = 1.1 < 1.010 = 1.10'],
  ['letters come before all other characters', '1a < 1b < 1+ < 1.'],
  ['upper case comes before lower case', '1A < 1Z < 1a'],
  ['the epoch outweighs the rest, and is 0 when missing', '0:9 = 9 < 1:0 = +1:0 < 1:1 < 2:0'],
  ['a missing revision is revision 0', '1.0 = 1.0-0 = 1.0-00 < 1.0-0a < 1.0-1'],
  ['only the last hyphen starts the revision', '1-1-9 < 1-2-1 < 1-2-2'],
  ['the upstream version outweighs the revision', '1.0-9 < 1.0.1-1'],
  [
    'security updates and binary rebuilds come after',
    '2.31-13 < 2.31-13+b1 < 2.31-13+deb11u1 < 2.31-13+deb11u10 < 2.31-14',
  ],
  ['backports come before what they bring back', '1.2-3~bpo11+1 < 1.2-3'],
  ['a colon may stand in the upstream version once there is an epoch', '0:1:1 < 0:1:2'],
  ['what dpkg only warns of has its order', '1.0 < 1_0 < a'],
])('%s: %s', (_, chain) => {
  expect(wrongInChain('deb', chain)).toEqual([]);
});

test.each(['', ' ', '-1', '1.0-', ':1', 'a:1', '1:', '-1:1', '2147483648:1', '1 0', '1.é', '1:-1'])(
  'dpkg refuses %j, so it does not parse',
  (text) => {
    expect(deb.parse(text)).toBeUndefined();
  },
);
