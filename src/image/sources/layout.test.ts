import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, readAll } from '../../../test/kit/context.ts';
import {
  json,
  layoutFiles,
  makeImage,
  makeIndex,
  makeLayer,
  writeFiles,
  writeLayout,
} from '../../../test/kit/images.ts';
import { parsePlatform } from '../../model/index.ts';
import type { Image } from '../image.ts';
import { layoutSource } from './layout.ts';

const layer = makeLayer([{ path: 'a', content: 'a' }], 'gzip');
const image = makeImage([layer]);
const arm = makeImage([layer], { platform: { os: 'linux', architecture: 'arm64' } });
const other = makeImage([makeLayer([{ path: 'b', content: 'b' }])]);

let base = '';
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'layout-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));
const fresh = (): string => join(base, String(++count));

async function open(input: string, platform?: string, prefix = 'oci:'): Promise<Image> {
  const opened = await layoutSource.open(input, contextOf(platform), prefix === '' ? undefined : prefix);
  if ('missed' in opened) throw new Error(`missed: ${opened.missed}`);
  return opened;
}

describe('an OCI layout folder', () => {
  it('is opened, and its layers are its blobs', async () => {
    const folder = await writeLayout(fresh(), [{ content: image }]);
    const opened = await open(folder);
    expect(opened).toMatchObject({
      name: `oci:${folder}`,
      source: 'layout',
      digest: image.descriptor.digest,
    });
    const [first] = opened.layers;
    expect(first?.kind === 'blob' && (await readAll(await first.open()))).toEqual(layer.blob);
    await opened.close();
  });

  it('is found without a prefix', async () => {
    const folder = await writeLayout(fresh(), [{ content: image }]);
    expect((await open(folder, undefined, '')).name).toBe(folder);
  });

  it('gives the image that has the tag or the digest', async () => {
    const folder = await writeLayout(fresh(), [
      { content: image, tag: '1.0' },
      { content: other, tag: 'edge', name: 'docker.io/library/app:edge' },
    ]);
    for (const [choice, expected] of [
      [':1.0', image],
      [':edge', other],
      [':app:edge', other],
      [':docker.io/library/app:edge', other],
      [`@${image.descriptor.digest}`, image],
    ] as const) {
      expect((await open(folder + choice)).digest).toBe(expected.descriptor.digest);
    }
  });

  it('gives an image by a digest that only an index lists', async () => {
    const folder = await writeLayout(fresh(), [{ content: makeIndex([image, arm]) }]);
    expect((await open(`${folder}@${arm.descriptor.digest}`)).digest).toBe(arm.descriptor.digest);
  });

  it('is not guessed: several images are listed', async () => {
    const folder = await writeLayout(fresh(), [
      { content: image, tag: '1.0' },
      { content: other, tag: '2.0' },
    ]);
    await expect(open(folder)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('2 images'),
      hint: expect.stringMatching(/1\.0 sha256:.*2\.0 sha256:/),
    });
    await expect(open(`${folder}:3.0`)).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      hint: expect.stringContaining('2.0'),
    });
  });

  it('is not ambiguous when two tags are one image', async () => {
    const folder = await writeLayout(fresh(), [
      { content: image, tag: '1.0' },
      { content: image, tag: 'latest' },
    ]);
    expect((await open(folder)).digest).toBe(image.descriptor.digest);
  });

  it('chooses by platform, inside an index or among the entries', async () => {
    const indexed = await writeLayout(fresh(), [{ content: makeIndex([image, arm]) }]);
    const listed = await writeLayout(fresh(), [{ content: image }, { content: arm }]);
    const tagged = await writeLayout(fresh(), [
      { content: image, tag: 'a' },
      { content: arm, tag: 'b' },
    ]);
    for (const folder of [indexed, listed, tagged]) {
      expect((await open(folder, 'linux/arm64')).digest).toBe(arm.descriptor.digest);
      await expect(open(folder, 'linux/s390x')).rejects.toMatchObject({
        hint: expect.stringContaining('linux/arm64'),
      });
    }
  });

  it('passes attestations over', async () => {
    const attestation = {
      ...other.descriptor,
      platform: parsePlatform('unknown/unknown') ?? { os: '', architecture: '' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const folder = await writeLayout(
      fresh(),
      [{ content: makeIndex([arm], [attestation]) }],
      [other.manifest],
    );
    expect((await open(folder)).digest).toBe(arm.descriptor.digest);
  });
});

describe('a bad OCI layout', () => {
  const good = layoutFiles([{ content: image }]);
  const blob = `blobs/sha256/${image.descriptor.digest.slice(7)}`;

  it.each<[string, (files: Map<string, Buffer>) => void, string, string]>([
    ['index.json is missing', (files) => files.delete('index.json'), 'INPUT_INVALID', 'no index.json'],
    [
      'index.json is no JSON',
      (files) => files.set('index.json', Buffer.from('foobar')),
      'INPUT_INVALID',
      'not JSON',
    ],
    ['index.json is empty', (files) => files.set('index.json', Buffer.alloc(0)), 'INPUT_INVALID', 'not JSON'],
    [
      'index.json is a manifest',
      (files) => files.set('index.json', image.manifest),
      'INPUT_INVALID',
      'manifest where an index',
    ],
    [
      'index.json lists nothing',
      (files) => files.set('index.json', json({ schemaVersion: 2, manifests: [] })),
      'INPUT_UNRECOGNISED',
      'empty',
    ],
    [
      'the manifest is of a bad type',
      (files) =>
        files.set(
          'index.json',
          json({
            schemaVersion: 2,
            manifests: [{ ...image.descriptor, mediaType: 'application/badmedia+json' }],
          }),
        ),
      'INPUT_UNRECOGNISED',
      'badmedia',
    ],
    ['the manifest is not there', (files) => files.delete(blob), 'INPUT_INVALID', 'no blob sha256:'],
    ['the manifest is another one', (files) => files.set(blob, other.manifest), 'SIZE_MISMATCH', 'bytes'],
    [
      'the version is unknown',
      (files) => files.set('oci-layout', json({ imageLayoutVersion: '2.0.0' })),
      'UNSUPPORTED',
      '2.0.0',
    ],
    [
      'the oci-layout file is empty',
      (files) => files.set('oci-layout', Buffer.alloc(0)),
      'INPUT_INVALID',
      'not JSON',
    ],
  ])('is refused: %s', async (_, damage, code, said) => {
    const files = new Map(good);
    damage(files);
    const folder = await writeFiles(fresh(), files);
    await expect(open(folder)).rejects.toMatchObject({ code, message: expect.stringContaining(said) });
  });

  it('is refused when index.json or a blob is a folder', async () => {
    for (const path of ['index.json', blob]) {
      const files = new Map(good);
      files.delete(path);
      const folder = await writeFiles(fresh(), files);
      await mkdir(join(folder, path));
      await expect(open(folder)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('is a folder'),
      });
    }
  });

  it.skipIf(process.platform === 'win32')('does not read a device that a blob links to', async () => {
    const files = new Map(good);
    files.delete(blob);
    const folder = await writeFiles(fresh(), files);
    await symlink('/dev/zero', join(folder, blob));
    await expect(open(folder)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('is not recognised without its oci-layout file', async () => {
    const folder = fresh();
    await mkdir(folder);
    await writeFile(join(folder, 'readme.txt'), 'hello');
    await expect(open(folder)).rejects.toThrow('missed: it has no oci-layout file');
    await writeFile(join(folder, 'version'), 'Directory Transport Version: 1.1\n');
    await writeFile(join(folder, 'manifest.json'), image.manifest);
    await expect(open(folder)).rejects.toThrow('skopeo');
  });

  it('says it when nothing is there', async () => {
    await expect(open(join(base, 'nowhere:1.0'))).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
    const folder = await writeLayout(fresh(), [{ content: image }]);
    await expect(open(`${folder}@sha256:12`)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
