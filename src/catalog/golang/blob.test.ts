import { describe, expect, it } from 'vitest';
import { framed, inlineInfo, MAGIC } from '../../../test/kit/go-program.ts';
import { LIMITS } from '../../kit/index.ts';
import { decodeBlob } from './blob.ts';

const whole = inlineInfo('go1.22.3', framed('path\tx\n'));
const header = Buffer.concat([MAGIC, Buffer.from([8, 2]), Buffer.alloc(16)]);

describe('the build information', () => {
  it('is decoded when all of it is there, and asks for what is missing before', () => {
    for (let end = MAGIC.length; end < whole.length; end += 1) {
      const decoded = decodeBlob(whole.subarray(0, end));
      expect(decoded).toMatchObject({ needBytes: expect.any(Number) });
      const { needBytes } = decoded as { needBytes: number };
      expect(needBytes > end && needBytes <= whole.length).toBe(true);
    }
    expect(decodeBlob(whole)).toEqual({ goVersion: 'go1.22.3', modules: 'path\tx\n' });
  });

  it('without its frame around the modules has none', () => {
    expect(decodeBlob(inlineInfo('go1.22.3', Buffer.alloc(100, 'x')))).toEqual({
      goVersion: 'go1.22.3',
      modules: '',
    });
  });

  it.each([
    ['a version of 600 bytes', inlineInfo('g'.repeat(600), Buffer.alloc(0))],
    [
      'more modules than the limit',
      Buffer.concat([header, Buffer.from([3]), Buffer.from('go1'), lengthOf(LIMITS.goModuleInfoBytes + 1)]),
    ],
    ['a length without end', Buffer.concat([header, Buffer.alloc(6, 0xff)])],
  ])('with %s is none', (_, bytes) => {
    expect(decodeBlob(bytes)).toBe('invalid');
  });
});

/** A varint. */
function lengthOf(value: number): Buffer {
  const low = [0, 7, 14].map((shift) => ((value >> shift) & 0x7f) | 0x80);
  return Buffer.from([...low, value >> 21]);
}
