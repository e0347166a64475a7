import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf, readAll } from '../../../test/kit/context.ts';
import {
  type Compression,
  compress,
  json,
  layoutFiles,
  makeImage,
  makeIndex,
  makeLayer,
  membersOf,
  newDockerSave,
  oldDockerSave,
  writeArchive,
  writeDockerSave,
  writeLayout,
  writeOciArchive,
} from '../../../test/kit/images.ts';
import { type TarMember, writeTar } from '../../../test/kit/tar.ts';
import { LIMITS } from '../../kit/index.ts';
import type { Image } from '../image.ts';
import { openImage } from '../sources.ts';
import { validateImage } from '../validate.ts';

const PACKINGS: readonly Compression[] = ['none', 'gzip', 'zstd'];
const layers = [
  makeLayer([
    { path: 'etc', type: 'folder' },
    { path: 'etc/os-release', content: 'ID=debian\n' },
  ]),
  makeLayer([{ path: 'big', content: 'x'.repeat(3_000_000) }]),
  makeLayer([{ path: 'etc/.wh.os-release', content: '' }]),
];
const image = makeImage(layers);
const packedImage = makeImage([
  makeLayer([{ path: 'a', content: 'a' }], 'gzip'),
  makeLayer([{ path: 'b', content: 'b' }], 'zstd'),
]);
const other = makeImage(layers.slice(0, 1), { run: { User: 'app' } });

let base = '';
let spool = '';
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'archive-'));
  spool = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterAll(async () => {
  await rm(base, { recursive: true, force: true });
  await rm(spool, { recursive: true, force: true });
});
/** Without an ending: what it is must be told by its content. */
const fresh = (): string => join(base, String(++count));

const context = (platform?: string): ReturnType<typeof contextOf> =>
  contextOf(platform, { env: { TMPDIR: spool } });
const open = (input: string, platform?: string): Promise<Image> => openImage(input, context(platform));

/** The layers of an image: what is claimed of them and what they hold. Closes it. */
async function layersOf(input: string): Promise<unknown[]> {
  const opened = await open(input);
  try {
    const found = await validateImage(opened);
    const blobs = opened.layers.filter((layer) => layer.kind === 'blob');
    const bytes = await Promise.all(blobs.map(async (layer) => readAll(await layer.open())));
    return found.map((layer, at) => ({ ...layer, bytes: bytes[at]?.toString('base64') }));
  } finally {
    await opened.close();
  }
}

describe('the same image', () => {
  it('has the same layers in every form', async () => {
    const expected = layers.map((layer) => ({
      digest: layer.digest,
      size: layer.size,
      diffId: layer.diffId,
      unpackedSize: layer.tar.length,
      bytes: layer.blob.toString('base64'),
    }));
    expect(await layersOf(await writeLayout(fresh(), [{ content: image }]))).toEqual(expected);
    for (const packing of PACKINGS) {
      const forms = [
        await writeOciArchive(fresh(), [{ content: image }], packing),
        await writeDockerSave(fresh(), [{ image, tags: ['app:1'] }], 'old', packing),
        await writeDockerSave(fresh(), [{ image, tags: ['app:1'] }], 'new', packing),
      ];
      for (const form of forms) expect(await layersOf(form)).toEqual(expected);
    }
    expect(await readdir(spool)).toEqual([]);
  });

  it('has its digest where a manifest is, and the digest of its config everywhere', async () => {
    const forms: [string, boolean][] = [
      [await writeOciArchive(fresh(), [{ content: image }]), true],
      [await writeDockerSave(fresh(), [{ image, tags: ['app:1'] }], 'new'), true],
      [await writeDockerSave(fresh(), [{ image, tags: ['app:1'] }], 'old'), false],
    ];
    for (const [path, hasManifest] of forms) {
      const opened = await open(path);
      expect(opened.digest).toBe(hasManifest ? image.descriptor.digest : undefined);
      expect(opened.config.digest).toBe(image.configDescriptor.digest);
      expect(opened).toMatchObject({ name: path, source: 'archive', platform: { os: 'linux' } });
      await opened.close();
      await opened.close();
    }
  });

  it('claims no digest for a layer of which only the config speaks', async () => {
    const opened = await open(await writeDockerSave(fresh(), [{ image, tags: ['app:1'] }], 'old'));
    for (const [at, layer] of opened.layers.entries()) {
      const { diffId, size } = layers[at] ?? {};
      expect(layer).toMatchObject({ ref: { index: at, diffId }, descriptor: { size, expected: diffId } });
      expect(layer.ref.digest).toBeUndefined();
      expect(layer.kind === 'blob' && layer.descriptor.digest).toBeUndefined();
    }
    await opened.close();
  });

  it('keeps layers that are packed inside the archive as they are', async () => {
    const expected = packedImage.layers.map(({ digest, size, diffId }) => ({ digest, size, diffId }));
    const members = newDockerSave([{ image: packedImage, tags: ['app:1'] }]);
    const manifestOnly = members.filter(({ path }) => path !== 'oci-layout' && path !== 'index.json');
    for (const path of [
      await writeOciArchive(fresh(), [{ content: packedImage }], 'gzip'),
      await writeArchive(fresh(), members),
      await writeArchive(fresh(), manifestOnly),
    ]) {
      expect(await layersOf(path)).toMatchObject(expected);
    }
  });
});

describe('an archive with several images', () => {
  const saved = [
    { image, tags: ['app:1', 'app:latest'] },
    { image: other, tags: ['other:2'] },
  ];

  it.each(['old', 'new'] as const)('is asked for one by name: %s docker save', async (style) => {
    const path = await writeDockerSave(fresh(), saved, style);
    for (const [choice, expected] of [
      [':app:1', image],
      [':app', image],
      [':docker.io/library/other:2', other],
    ] as const) {
      const opened = await open(`docker-archive:${path}${choice}`);
      expect(opened.config.digest).toBe(expected.configDescriptor.digest);
      expect(await validateImage(opened)).toHaveLength(expected.layers.length);
      await opened.close();
    }
    await expect(open(path)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('other:2'),
    });
    await expect(open(`docker-archive:${path}:app:9`)).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
      hint: expect.stringContaining('app:1'),
    });
  });

  it('is asked for one by digest', async () => {
    const old = await writeDockerSave(fresh(), saved, 'old');
    const oci = await writeOciArchive(fresh(), [
      { content: image, tag: 'a' },
      { content: other, tag: 'b' },
    ]);
    const opened = await open(`docker-archive:${old}@${other.configDescriptor.digest}`);
    expect(opened.config.user).toBe('app');
    await opened.close();
    const byTag = await open(`oci-archive:${oci}:b`);
    expect(byTag.digest).toBe(other.descriptor.digest);
    await byTag.close();
  });

  it('follows hard links between layer folders as well', async () => {
    const members = oldDockerSave(saved).map((member): TarMember => {
      if (member.type !== 'symlink') return member;
      return { ...member, type: 'hardlink', linkTarget: (member.linkTarget ?? '').replace('../', '') };
    });
    const opened = await open(`docker-archive:${await writeArchive(fresh(), members)}:other:2`);
    expect(await validateImage(opened)).toMatchObject([{ diffId: layers[0]?.diffId }]);
    await opened.close();
  });
});

describe('the platform asked for', () => {
  const arm = makeImage(layers, { platform: { os: 'linux', architecture: 'arm64' } });

  it('is looked for in every form', async () => {
    const multi = await writeOciArchive(fresh(), [{ content: makeIndex([image, arm]) }], 'gzip');
    const opened = await open(multi, 'linux/arm64');
    expect(opened.digest).toBe(arm.descriptor.digest);
    await opened.close();
    for (const style of ['old', 'new'] as const) {
      const path = await writeDockerSave(fresh(), [{ image, tags: ['app:1'] }], style);
      await expect(open(path, 'linux/arm64')).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' });
    }
  });
});

describe('an archive that lies', () => {
  const saved = [{ image, tags: ['app:1'] }];
  const replaced = (members: readonly TarMember[], path: string, content: Buffer | string): TarMember[] =>
    members.map((member) => (member.path === path ? { ...member, content } : member));
  const [firstLayer = ''] = oldDockerSave(saved).flatMap(({ path }) =>
    path.endsWith('layer.tar') ? [path] : [],
  );
  const configName = `${image.configDescriptor.digest.slice(7)}.json`;

  it.each<[string, readonly TarMember[], string, string]>([
    ['manifest.json is null', [{ path: 'manifest.json', content: 'null' }], 'INPUT_INVALID', 'no list'],
    ['manifest.json is empty', [{ path: 'manifest.json', content: '[]' }], 'INPUT_INVALID', 'no image'],
    [
      'manifest.json lists too many',
      [{ path: 'manifest.json', content: json(Array(LIMITS.indexEntries + 1).fill({ Config: 'c' })) }],
      'LIMIT_EXCEEDED',
      'images',
    ],
    [
      'manifest.json is a folder',
      [
        { path: 'manifest.json', type: 'folder' },
        { path: 'x', content: '' },
      ],
      'INPUT_UNRECOGNISED',
      'neither',
    ],
    ['manifest.json is cut', [{ path: 'manifest.json', content: '[{' }], 'INPUT_INVALID', 'not JSON'],
    [
      'manifest.json is there twice',
      [...oldDockerSave(saved), ...oldDockerSave(saved).slice(-1)],
      'INPUT_INVALID',
      'twice',
    ],
    [
      'the config is missing',
      oldDockerSave(saved).filter(({ path }) => path !== configName),
      'INPUT_INVALID',
      configName,
    ],
    [
      'the config is another one',
      replaced(oldDockerSave(saved), configName, other.config),
      'DIGEST_MISMATCH',
      'sha256',
    ],
    [
      'a layer is missing',
      oldDockerSave(saved).filter(({ path }) => path !== firstLayer),
      'INPUT_INVALID',
      'layer 1',
    ],
    [
      'a layer links out',
      oldDockerSave(saved).map(
        (member): TarMember =>
          member.path === firstLayer
            ? { path: firstLayer, type: 'symlink', linkTarget: '../../etc/passwd' }
            : member,
      ),
      'INPUT_INVALID',
      'layer 1',
    ],
    [
      'a layer links to itself',
      oldDockerSave(saved).map(
        (member): TarMember =>
          member.path === firstLayer
            ? { path: firstLayer, type: 'symlink', linkTarget: 'layer.tar' }
            : member,
      ),
      'INPUT_INVALID',
      'layer 1',
    ],
    [
      'a layer too few',
      replaced(
        oldDockerSave(saved),
        'manifest.json',
        json([{ Config: configName, RepoTags: null, Layers: [firstLayer] }]),
      ),
      'INPUT_INVALID',
      '1 layers and the config 3',
    ],
    [
      'a blob is missing',
      newDockerSave(saved).filter(({ path }) => !path.includes(layers[1]?.digest.slice(7) ?? '')),
      'INPUT_INVALID',
      'not there',
    ],
    [
      'the two tables of contents differ',
      [
        ...newDockerSave(saved).slice(0, -1),
        ...membersOf(layoutFiles([{ content: other }])).slice(1, -1),
        ...newDockerSave([{ image: other, tags: ['app:1'] }]).slice(-1),
      ],
      'INPUT_INVALID',
      'different images',
    ],
    [
      'Docker before 1.10',
      [{ path: 'repositories', content: '{}' }],
      'INPUT_UNRECOGNISED',
      'older than 1.10',
    ],
    [
      'a root file system',
      [
        { path: 'etc', type: 'folder' },
        { path: 'etc/os-release', content: '' },
      ],
      'INPUT_UNRECOGNISED',
      'rootfs:',
    ],
    [
      'a layout inside a folder',
      membersOf(layoutFiles([{ content: image }])).map((member) => ({
        ...member,
        path: `app/${member.path}`,
      })),
      'INPUT_UNRECOGNISED',
      'app/oci-layout',
    ],
    ['nothing', [], 'INPUT_UNRECOGNISED', 'empty'],
  ])('is refused: %s', async (_, members, code, said) => {
    for (const packing of PACKINGS) {
      const path = await writeArchive(fresh(), members, packing);
      await expect(open(path)).rejects.toMatchObject({ code, message: expect.stringContaining(said) });
    }
    expect(await readdir(spool)).toEqual([]);
  });

  it('is found out by who reads the layer', async () => {
    const path = await writeArchive(
      fresh(),
      replaced(oldDockerSave(saved), firstLayer, layers[1]?.tar ?? ''),
    );
    const opened = await open(path);
    await expect(validateImage(opened)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    await opened.close();
  });

  it('is refused when it is cut off', async () => {
    for (const packing of PACKINGS) {
      const path = await writeDockerSave(fresh(), saved, 'new', packing);
      const whole = compress(writeTar(newDockerSave(saved)), packing).length;
      await truncate(path, Math.floor(whole / 2));
      await expect(open(path)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    }
    expect(await readdir(spool)).toEqual([]);
  });

  it('is refused when it has more members than any image', async () => {
    const many = Array.from({ length: LIMITS.archiveMembers + 1 }, (_, at) => ({
      path: `f${at}`,
      content: '',
    }));
    await expect(open(await writeArchive(fresh(), many))).rejects.toMatchObject({
      code: 'INPUT_UNRECOGNISED',
    });
    const asImage = [{ path: 'manifest.json', content: '[]' }, ...many];
    await expect(open(await writeArchive(fresh(), asImage))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });
});
