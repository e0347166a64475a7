import { describe, expect, it } from 'vitest';
import { sha256 } from '../../test/kit/images.ts';
import { type Claim, verified, verifyBytes } from './verify.ts';

const BYTES = Buffer.from('some layer');
const GOOD: Claim = { digest: sha256(BYTES), size: BYTES.length };
const SHA512 =
  'sha512:3b0d5a6d7c1c5dfc7b8d1a2e0e0c6b7b5c1c8cf5b0a6d29b7f3f1e1c2b3a4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function drain(bytes: Buffer, claim: Claim, size = 3): Promise<{ read: Buffer; error: unknown }> {
  const read: Uint8Array[] = [];
  try {
    for await (const chunk of verified(inChunks(bytes, size), claim, 'here')) read.push(chunk);
    return { read: Buffer.concat(read), error: undefined };
  } catch (error) {
    return { read: Buffer.concat(read), error };
  }
}

const LIES: readonly (readonly [string, Buffer, Claim, string])[] = [
  ['one byte less', BYTES.subarray(0, -1), GOOD, 'SIZE_MISMATCH'],
  ['one byte more', Buffer.concat([BYTES, BYTES.subarray(0, 1)]), GOOD, 'SIZE_MISMATCH'],
  ['nothing', Buffer.alloc(0), GOOD, 'SIZE_MISMATCH'],
  ['another byte', Buffer.from('some Layer'), GOOD, 'DIGEST_MISMATCH'],
  ['another algorithm', BYTES, { digest: SHA512 as 'sha512:x' }, 'DIGEST_MISMATCH'],
];

describe('verified bytes', () => {
  it('are handed on unchanged when they are what is claimed', async () => {
    for (const claim of [GOOD, {}, { size: BYTES.length }]) {
      expect(await drain(BYTES, claim)).toEqual({ read: BYTES, error: undefined });
    }
  });

  it.each(LIES)('are refused: %s', async (_, bytes, claim, code) => {
    expect((await drain(bytes, claim)).error).toMatchObject({ code, where: 'here' });
    expect(() => verifyBytes(bytes, claim, 'here')).toThrow(expect.objectContaining({ code }));
  });

  it('stop as soon as there are too many', async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        pulled++;
        yield BYTES;
      }
    }
    await expect(async () => {
      for await (const _ of verified(endless(), { size: 25 }, 'here'));
    }).rejects.toMatchObject({ code: 'SIZE_MISMATCH' });
    expect(pulled).toBe(3);
  });
});
