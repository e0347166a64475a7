import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TarMember, writeTar } from '../../../../test/kit/tar.ts';
import { LIMITS } from '../../../kit/index.ts';
import { findFile, indexTar, looksLikeTar, type TarIndex } from './tar-index.ts';

/** Lists a tar given in pieces, bodies that are not needed blanked out, as a reader that skips them does. */
async function index(tar: Buffer, piece = 512): Promise<TarIndex> {
  let skipTo = 0;
  async function* skimming(): AsyncGenerator<Uint8Array> {
    let at = 0;
    while (at < tar.length) {
      const gap = Math.min(skipTo, tar.length) - at;
      const chunk = gap > 0 ? Buffer.alloc(gap) : tar.subarray(at, at + piece);
      at += chunk.length;
      yield chunk;
    }
  }
  return indexTar(skimming(), 'here', (end) => {
    skipTo = end;
  });
}

const name = fc.stringMatching(/^[a-z]{1,8}(?:\/[a-zé]{1,150}){0,2}$/);
const member = fc.record({
  path: name,
  content: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)),
});

describe('indexTar', () => {
  it('finds every body, whatever the pieces that the tar comes in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(member, { selector: ({ path }) => path, maxLength: 8 }),
        fc.integer({ min: 1, max: 2000 }),
        async (members, piece) => {
          const tar = writeTar(members);
          const found = await index(tar, piece);
          expect([...found.members.keys()]).toEqual(members.map(({ path }) => path));
          for (const { path, content } of members) {
            const { offset = -1, size = -1 } = findFile(found, path) ?? {};
            expect(tar.subarray(offset, offset + size)).toEqual(content);
          }
          expect(found.repeated.size).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('notes what is there twice, the last one counts', async () => {
    const tar = writeTar([
      { path: 'd', type: 'folder' },
      { path: 'a', content: 'first' },
      { path: 'd', type: 'folder' },
      { path: './a', content: 'second!' },
    ]);
    const found = await index(tar);
    expect([...found.repeated]).toEqual(['a']);
    expect(findFile(found, 'a')?.size).toBe(7);
  });
});

describe('findFile', () => {
  const members: readonly TarMember[] = [
    { path: 'a/layer.tar', content: 'body' },
    { path: 'b/layer.tar', type: 'symlink', linkTarget: '../a/layer.tar' },
    { path: 'c/layer.tar', type: 'hardlink', linkTarget: 'b/layer.tar' },
    { path: 'loop', type: 'symlink', linkTarget: 'loop' },
    { path: 'out', type: 'symlink', linkTarget: '../a/layer.tar' },
    { path: 'deep/out', type: 'symlink', linkTarget: '../../a/layer.tar' },
    { path: 'absolute', type: 'symlink', linkTarget: '/a/layer.tar' },
    { path: 'dangling', type: 'symlink', linkTarget: 'nowhere' },
    { path: 'a', type: 'folder' },
  ];

  it.each([
    ['a/layer.tar', true],
    ['./a/layer.tar', true],
    ['a/../a/layer.tar', true],
    ['b/layer.tar', true],
    ['c/layer.tar', true],
    ['loop', false],
    ['out', false],
    ['deep/out', false],
    ['absolute', false],
    ['dangling', false],
    ['a', false],
    ['nowhere', false],
    ['../a/layer.tar', false],
    ['', false],
  ])('%s: %s', async (path, isThere) => {
    const found = await index(writeTar(members));
    expect(findFile(found, path)?.size).toBe(isThere ? 4 : undefined);
  });

  it('follows no longer chain of links than the limit', async () => {
    const chain = (links: number): TarMember[] => [
      ...Array.from(
        { length: links },
        (_, at): TarMember => ({ path: `l${at}`, type: 'symlink', linkTarget: `l${at + 1}` }),
      ),
      { path: `l${links}`, content: 'end' },
    ];
    expect(findFile(await index(writeTar(chain(LIMITS.linkHops))), 'l0')?.size).toBe(3);
    expect(findFile(await index(writeTar(chain(LIMITS.linkHops + 1))), 'l0')).toBeUndefined();
  });
});

describe('looksLikeTar', () => {
  it('goes by the checksum of the header', () => {
    const tar = writeTar([{ path: 'a', content: 'a' }]);
    expect(looksLikeTar(tar.subarray(0, 512))).toBe(true);
    expect(looksLikeTar(Buffer.alloc(512))).toBe(true);
    expect(looksLikeTar(tar.subarray(0, 511))).toBe(false);
    const damaged = Buffer.from(tar.subarray(0, 512));
    damaged[0] = 0x62;
    expect(looksLikeTar(damaged)).toBe(false);
    expect(looksLikeTar(Buffer.alloc(512, 'text\n'))).toBe(false);
  });
});
