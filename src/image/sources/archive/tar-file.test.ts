import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../../../../test/kit/context.ts';
import {
  compress,
  makeImage,
  makeLayer,
  writeDockerSave,
  writeOciArchive,
} from '../../../../test/kit/images.ts';
import type { Image } from '../../image.ts';
import { openImage } from '../../sources.ts';
import { archiveSource } from '../archive.ts';

const image = makeImage([makeLayer([{ path: 'a', content: 'a' }])]);
let base = '';
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'no-archive-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));
const fresh = (): string => join(base, String(++count));
const open = (input: string): Promise<Image> => openImage(input, contextOf());

describe('a file that is no archive', () => {
  it.each<[string, Buffer, string]>([
    ['an empty file', Buffer.alloc(0), 'an empty file'],
    ['a text', Buffer.from('hello\n'), 'no tar, gzip or zstd'],
    ['a long text', Buffer.from('hello\n'.repeat(1000)), 'no tar, gzip or zstd'],
    ['a packed text', compress(Buffer.from('hello\n'.repeat(1000)), 'gzip'), 'no tar'],
    ['a packed short text', compress(Buffer.from('hello\n'), 'zstd'), 'no tar'],
    ['a packed nothing', compress(Buffer.alloc(0), 'gzip'), 'no tar'],
    ['an xz file', Buffer.from('fd377a585a000004', 'hex'), 'packed with xz'],
  ])('is not recognised: %s', async (_, bytes, said) => {
    const path = fresh();
    await writeFile(path, bytes);
    await expect(open(path)).rejects.toMatchObject({
      code: 'INPUT_UNRECOGNISED',
      message: expect.stringMatching(new RegExp(`layout: .*archive: .*${said}.*rootfs: `)),
    });
    await expect(open(`docker-archive:${path}`)).rejects.toMatchObject({ code: 'INPUT_UNRECOGNISED' });
  });

  it('is told from the other form of archive', async () => {
    const oci = await writeOciArchive(fresh(), [{ content: image }]);
    const docker = await writeDockerSave(fresh(), [{ image, tags: [] }], 'old');
    await expect(open(`docker-archive:${oci}`)).rejects.toThrow('oci-archive:');
    await expect(open(`oci-archive:${docker}`)).rejects.toThrow('docker-archive:');
    await expect(archiveSource.open(base, contextOf(), 'oci-archive:')).resolves.toEqual({
      missed: 'it is a folder',
    });
  });
});
