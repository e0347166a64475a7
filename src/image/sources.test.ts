import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../../test/kit/context.ts';
import { makeImage, makeLayer, writeDockerSave, writeLayout } from '../../test/kit/images.ts';
import { openImage, SOURCES } from './sources.ts';

const image = makeImage([makeLayer([{ path: 'a', content: 'a' }])]);
let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'sources-'));
  await writeLayout(join(base, 'layout.v1'), [{ content: image, tag: '1.0' }]);
  await writeDockerSave(join(base, 'saved'), [{ image, tags: ['app:1.0'] }], 'old', 'gzip');
  await mkdir(join(base, 'root', 'etc'), { recursive: true });
  await writeFile(join(base, 'root', 'etc', 'os-release'), 'ID=alpine\n');
  await mkdir(join(base, 'plain'));
  await writeFile(join(base, 'plain', 'readme'), 'hello');
  await writeFile(join(base, 'a:b'.replace(':', process.platform === 'win32' ? '_' : ':')), '');
});
afterAll(() => rm(base, { recursive: true, force: true }));

const source = async (input: string): Promise<string> => {
  const opened = await openImage(input, contextOf());
  await opened.close();
  return opened.source;
};

describe('openImage', () => {
  it.each([
    ['layout.v1', 'layout'],
    ['saved', 'archive'],
    ['root', 'rootfs'],
    ['root/', 'rootfs'],
  ])('knows %s by what it is', async (name, expected) => {
    expect(await source(join(base, name))).toBe(expected);
  });

  it.each(['', 'docker://', 'registry:', 'https://'])(
    'repeats no password written %sinto a name',
    async (prefix) => {
      const opening = openImage(`${prefix}bob:s3cret@registry.example/app:1`, contextOf());
      const error: unknown = await opening.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'USAGE', hint: expect.stringContaining('docker login') });
      expect(JSON.stringify([String(error), error])).not.toContain('s3cret');
    },
  );

  it('obeys a prefix', async () => {
    expect(await source(`oci:${join(base, 'layout.v1')}:1.0`)).toBe('layout');
    expect(await source(`docker-archive:${join(base, 'saved')}:app:1.0`)).toBe('archive');
    expect(await source(`rootfs:${join(base, 'plain')}`)).toBe('rootfs');
    expect(await source(`rootfs:${join(base, 'layout.v1')}`)).toBe('rootfs');
  });

  it('says what every source missed, and never opens nothing', async () => {
    await expect(openImage(join(base, 'plain'), contextOf())).rejects.toMatchObject({
      code: 'INPUT_UNRECOGNISED',
      where: join(base, 'plain'),
      message: expect.stringMatching(
        /layout: it has no oci-layout file; archive: it is a folder; rootfs: it has none/,
      ),
      hint: expect.stringContaining('docker://'),
    });
  });

  it.each([
    ['oci:', 'saved', 'it is not a folder'],
    ['docker-archive:', 'layout.v1', 'it is a folder'],
    ['oci-archive:', 'saved', 'docker-archive:'],
    ['rootfs:', 'saved', 'it is not a folder'],
  ])('refuses what %s does not fit', async (prefix, name, said) => {
    await expect(openImage(prefix + join(base, name), contextOf())).rejects.toMatchObject({
      code: 'INPUT_UNRECOGNISED',
      message: expect.stringContaining(said),
    });
  });

  it.each([
    './nowhere',
    '/nowhere/at/all',
    '../nowhere.tar',
    'image.tar',
    'image.tar.gz',
    'C:\\images\\x',
    '~/x',
  ])('does not ask a registry for a path that is not there: %s', async (input) => {
    await expect(openImage(input, contextOf())).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it.each(['oci:/nowhere', 'docker-archive:/nowhere.tar:a:b', 'rootfs:nowhere'])(
    'says that nothing is there: %s',
    async (input) => {
      await expect(openImage(input, contextOf())).rejects.toMatchObject({
        code: 'INPUT_NOT_FOUND',
        where: input,
      });
    },
  );

  it.each(['alpine:3.20', 'registry:alpine:3.20', 'docker://alpine', `docker://${'layout.v1'}`])(
    'asks a registry for all else: %s',
    async (input) => {
      await expect(openImage(input, contextOf())).rejects.toMatchObject({ code: 'OFFLINE' });
    },
  );

  it.each([
    ['nothing', ''],
    ['a NUL', 'a\0b'],
    ['a prefix alone', 'oci:'],
    ['a long text', 'x'.repeat(5000)],
    ['a bad name in a registry', 'docker://UPPER'],
  ])('refuses %s', async (_, input) => {
    await expect(openImage(input, contextOf())).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('refuses what is neither a path nor a name', async () => {
    await expect(openImage('Not A Name', contextOf())).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('has no two sources of one name or prefix', () => {
    const all = SOURCES.flatMap(({ name, prefixes }) => [name, ...prefixes]);
    expect(new Set(all).size).toBe(all.length);
  });
});
