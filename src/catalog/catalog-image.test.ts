import { describe, expect, test } from 'vitest';
import { makeLayer } from '../../test/kit/images.ts';
import { blobLayer, imageOf } from '../../test/kit/layers.ts';
import type { TarMember } from '../../test/kit/tar.ts';
import type { Catalog, Package } from '../model/index.ts';
import { type CatalogOptions, catalogImage } from './catalog-image.ts';
import type { Cataloger } from './cataloger.ts';
import type { ScanProgress } from './layers.ts';

/** A database of OS packages, a line each: `name version [source[=version]]`; lists of files beside it. */
const os: Cataloger = {
  name: 'os',
  version: 1,
  routes: [{ exact: 'db/status' }, { folder: 'db/status.d' }, { folder: 'db/info', suffix: '.list' }],
  catalog: (file, bytes, out) => {
    const text = bytes.toString();
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (name.endsWith('.list')) return out.owns(name.slice(0, -5), text);
    for (const line of text.split('\n').filter(Boolean)) {
      const [pkg = '', version = '', from] = line.split(' ');
      const [source = '', sourceVersion = version] = (from ?? pkg).split('=');
      out.package({
        type: 'deb',
        name: pkg,
        version,
        ownerKey: pkg,
        qualifiers: { arch: 'amd64' },
        source: { name: source, version: sourceVersion },
      });
    }
  },
};
const release: Cataloger = {
  name: 'release',
  version: 1,
  routes: [{ exact: 'etc/os-release' }, { exact: 'usr/lib/os-release' }, { exact: 'etc/hint' }],
  catalog: (_, bytes, out) => {
    const [id = '', versionId] = bytes.toString().split(' ');
    if (id === 'broken') out.diagnostic({ code: 'broken-release', message: 'broken', unknown: true });
    else out.distro({ id, idLike: [], ...(versionId === undefined ? {} : { versionId }) });
  },
};
const npm: Cataloger = {
  name: 'npm',
  version: 1,
  routes: [{ basename: 'package.json' }],
  catalog: (_, bytes, out) => {
    const [name = '', version = ''] = bytes.toString().split(' ');
    out.package({ type: 'npm', name, version });
  },
};
const go: Cataloger = {
  name: 'go',
  version: 1,
  routes: [{ magic: [Buffer.from('GO')] }],
  catalog: (_, bytes, out) => out.package({ type: 'golang', name: bytes.toString().slice(3), version: 'v1' }),
};
const CATALOGERS = [release, os, npm, go];

type Files = Readonly<Record<string, string>>;

/** Layers as maps: a value is a file's content, `-> x` a symbolic link, `=> x` a hard link, `/` a folder. */
function layersOf(layers: readonly Files[]) {
  return layers.map((files, index) => blobLayer(makeLayer(Object.entries(files).map(memberOf)), index));
}

function memberOf([path, value]: [string, string]): TarMember {
  if (value === '/') return { path, type: 'folder' };
  if (value.startsWith('-> ')) return { path, type: 'symlink', linkTarget: value.slice(3) };
  if (value.startsWith('=> ')) return { path, type: 'hardlink', linkTarget: value.slice(3) };
  return { path, content: value };
}

function scan(layers: readonly Files[], options: Partial<CatalogOptions> = {}): Promise<Catalog> {
  return catalogImage(imageOf(layersOf(layers)), { catalogers: CATALOGERS, ...options });
}

function brief({ name, version, layer, locations, ownedBy }: Package): string {
  const owner = ownedBy === undefined ? '' : ` owned by ${ownedBy}`;
  return `${name}@${version} layer ${layer.index} at ${locations.join(', ')}${owner}`;
}

const briefs = async (...layers: Files[]): Promise<string[]> => (await scan(layers)).packages.map(brief);
const DEBIAN = { 'etc/os-release': 'debian 12' };

describe('package URLs', () => {
  test.each<[string, Files, string[]]>([
    [
      'an OS package',
      { ...DEBIAN, 'db/status': 'bash 5' },
      ['pkg:deb/debian/bash@5?arch=amd64&distro=debian-12'],
    ],
    [
      'from another source',
      { ...DEBIAN, 'db/status': 'libssl3 3 openssl' },
      ['pkg:deb/debian/libssl3@3?arch=amd64&distro=debian-12&upstream=openssl'],
    ],
    [
      'from a source of another version',
      { ...DEBIAN, 'db/status': 'libx 1 libx=2' },
      ['pkg:deb/debian/libx@1?arch=amd64&distro=debian-12&upstream=libx%402'],
    ],
    [
      'of a rolling distribution',
      { 'etc/os-release': 'arch', 'db/status': 'bash 5' },
      ['pkg:deb/arch/bash@5?arch=amd64&distro=arch'],
    ],
    ['without a distribution', { 'db/status': 'bash 5' }, ['pkg:deb/bash@5?arch=amd64']],
    ['of a language', { ...DEBIAN, 'a/package.json': 'left-pad 1.0' }, ['pkg:npm/left-pad@1.0']],
  ])('%s', async (_, files, purls) => {
    expect((await scan([files])).packages.map(({ purl }) => purl)).toEqual(purls);
  });
});

describe('the distribution', () => {
  test.each<[string, Files[], string | undefined]>([
    ['etc wins over usr/lib', [{ 'usr/lib/os-release': 'one', 'etc/os-release': 'two' }], 'two'],
    ['usr/lib alone', [{ 'usr/lib/os-release': 'one' }], 'one'],
    [
      'a link from etc to usr/lib',
      [{ 'etc/os-release': '-> ../usr/lib/os-release', 'usr/lib/os-release': 'one' }],
      'one',
    ],
    [
      'a link to a file that nobody else wants',
      [{ 'etc/os-release': '-> /opt/release', 'opt/release': 'three' }],
      'three',
    ],
    [
      'a link laid over the file by a later layer',
      [{ 'etc/os-release': 'one' }, { 'etc/os-release': '-> /x', x: 'two' }],
      'two',
    ],
    ['a folder link on the way', [{ etc: '-> conf', 'conf/os-release': 'four' }], 'four'],
    ['a hard link', [{ 'opt/r': 'five' }, { 'etc/os-release': '=> opt/r' }, { 'opt/.wh.r': '' }], 'five'],
    ['a hint comes last', [{ 'etc/hint': 'guess', 'usr/lib/os-release': 'sure' }], 'sure'],
    ['a hint alone', [{ 'etc/hint': 'guess' }], 'guess'],
    [
      'deleted by a later layer',
      [{ 'etc/os-release': 'one', x: '' }, { 'etc/.wh.os-release': '' }],
      undefined,
    ],
  ])('%s', async (_, layers, id) => {
    expect((await scan(layers)).distro?.id).toBe(id);
  });
});

describe('the layer that brought a package', () => {
  test('is the lowest from which on each version of the database holds it', async () => {
    expect(
      await briefs(
        { ...DEBIAN, 'db/status': 'a 1\nb 1\nc 1\nd 1' },
        { 'db/status': 'a 1\nb 2\nc 1' },
        { x: 'nothing' },
        { 'db/status': 'a 1\nb 2\nd 1\ne 1' },
        { 'db/status': 'a 1\nb 2\nc 1\nd 1\ne 1' },
      ),
    ).toEqual([
      'a@1 layer 0 at db/status',
      'b@2 layer 1 at db/status',
      'c@1 layer 4 at db/status',
      'd@1 layer 3 at db/status',
      'e@1 layer 3 at db/status',
    ]);
  });
  test('a database that was gone for a while begins anew; one replaced within a layer does not', async () => {
    const base = { ...DEBIAN, 'db/status': 'a 1' };
    expect(await briefs(base, { 'db/.wh.status': '' }, { 'db/status': 'a 1' })).toEqual([
      'a@1 layer 2 at db/status',
    ]);
    expect(await briefs(base, { 'db/.wh.status': '', 'db/status': 'a 1' })).toEqual([
      'a@1 layer 0 at db/status',
    ]);
    expect(await briefs(base, { '.wh.db': '', 'db/status': 'a 1' })).toEqual(['a@1 layer 0 at db/status']);
  });
  test('only the last of two databases in one layer counts', async () => {
    const twice = { 'db/status': 'b 1', './db/status': 'a 1\nb 1' };
    expect(await briefs({ ...DEBIAN, 'db/status': 'a 1' }, twice)).toEqual([
      'a@1 layer 0 at db/status',
      'b@1 layer 1 at db/status',
    ]);
  });
  test('is told through links too', async () => {
    const moved = { ...DEBIAN, db: '-> opt/d', 'opt/d/status': 'a 1' };
    expect(await briefs(moved, { 'opt/d/status': 'a 1\nb 1' }, { 'db/status': 'a 1\nb 1\nc 1' })).toEqual([
      'a@1 layer 0 at db/status',
      'b@1 layer 1 at db/status',
      'c@1 layer 2 at db/status',
    ]);
  });
  test('carries the digest of the blob', async () => {
    const [layer] = layersOf([{ 'db/status': 'a 1' }]);
    const { packages } = await scan([{ 'db/status': 'a 1' }]);
    expect(packages[0]?.layer).toEqual(layer?.ref);
  });
});

describe('what is left of a package when layers change it', () => {
  test.each<[string, Files[], string[]]>([
    [
      'overwritten',
      [{ 'a/package.json': 'x 1' }, { 'a/package.json': 'x 2' }],
      ['x@2 layer 1 at a/package.json'],
    ],
    [
      'deleted',
      [{ 'a/package.json': 'x 1', 'b/package.json': 'y 1' }, { '.wh.a': '' }],
      ['y@1 layer 0 at b/package.json'],
    ],
    [
      'below a folder that became a file',
      [{ 'a/package.json': 'x 1', 'b/package.json': 'y 1' }, { a: 'f' }],
      ['y@1 layer 0 at b/package.json'],
    ],
    [
      'a magic file overwritten by one without',
      [{ a: 'GO mod', b: 'GO other' }, { a: 'text' }],
      ['other@v1 layer 0 at b'],
    ],
    [
      'written through a link to a folder',
      [{ 'a/': '/', l: '-> a', 'l/package.json': 'x 1' }],
      ['x@1 layer 0 at a/package.json'],
    ],
    [
      'a name below a link that only the real path shows',
      [{ l: '-> db', 'db/x': '', 'l/status': 'p 1' }],
      ['p@1 layer 0 at db/status'],
    ],
    ['both names of a hard link', [{ a: 'GO mod', b: '=> a' }], ['mod@v1 layer 0 at a, b']],
    [
      'a hard link whose first name is deleted',
      [{ a: 'GO mod' }, { b: '=> a' }, { '.wh.a': '' }],
      ['mod@v1 layer 1 at b'],
    ],
    [
      'a hard link from a name that nobody wants',
      [{ store: 'x 1' }, { 'a/package.json': '=> store' }],
      ['x@1 layer 1 at a/package.json'],
    ],
    [
      'a hard link of a hard link',
      [{ s: 'x 1', t: '=> s', 'a/package.json': '=> t' }],
      ['x@1 layer 0 at a/package.json'],
    ],
    [
      'written through a link into a folder of the database',
      [{ 'db/status.d': '/', q: '-> db/status.d', 'q/p': 'p 1' }],
      ['p@1 layer 0 at db/status.d/p'],
    ],
    [
      'a database that is a link to a file which is found by itself',
      [{ 'db/status': '-> status.d/x', 'db/status.d/x': 'p 1' }],
      ['p@1 layer 0 at db/status.d/x'],
    ],
    [
      'a folder of the database behind a link',
      [{ 'db/status.d': '-> /o', 'o/p': 'p 1', 'o/q': 'q 1' }],
      ['p@1 layer 0 at db/status.d/p', 'q@1 layer 0 at db/status.d/q'],
    ],
  ])('%s', async (_, layers, expected) => {
    expect(await briefs(...layers)).toEqual(expected);
  });

  test('the same at several places is one package with several locations', async () => {
    expect(
      await briefs({ 'b/package.json': 'x 1' }, { 'a/package.json': 'x 1', 'c/package.json': 'x 2' }),
    ).toEqual(['x@1 layer 0 at a/package.json, b/package.json', 'x@2 layer 1 at c/package.json']);
  });
  test('two whose names differ only by case stay two, even where their purl folds it', async () => {
    const { packages } = await scan([{ 'bin/a': 'GO Nginx-UI', 'bin/b': 'GO nginx-ui' }]);
    expect(packages.map(({ name }) => name)).toEqual(['Nginx-UI', 'nginx-ui']);
    expect(new Set(packages.map(({ purl }) => purl)).size).toBe(1);
  });
});

describe('language packages that an OS package owns', () => {
  const bash = 'pkg:deb/debian/bash@5?arch=amd64&distro=debian-12';
  const owned = ` owned by ${bash}`;
  const image = (list: string, files: Files): Files => ({
    ...DEBIAN,
    'db/status': 'bash 5',
    'db/info/bash.list': list,
    ...files,
  });
  test.each<[string, Files[], string]>([
    [
      'its file is listed',
      [image('/usr/lib/x/package.json', { 'usr/lib/x/package.json': 'x 1' })],
      `x@1 layer 0 at usr/lib/x/package.json${owned}`,
    ],
    [
      'listed as ./',
      [image('./usr\n./usr/x/package.json', { 'usr/x/package.json': 'x 1' })],
      `x@1 layer 0 at usr/x/package.json${owned}`,
    ],
    [
      'listed below a link between folders',
      [image('/lib/x/package.json', { lib: '-> usr/lib', 'usr/lib/x/package.json': 'x 1' })],
      `x@1 layer 0 at usr/lib/x/package.json${owned}`,
    ],
    [
      'a binary',
      [image('/bin/go', { bin: '-> usr/bin', 'usr/bin/go': 'GO mod' })],
      `mod@v1 layer 0 at usr/bin/go${owned}`,
    ],
    [
      'the list is a hard link to a list of another name',
      [
        {
          ...DEBIAN,
          'db/status': 'bash 5',
          'db/info/other.list': '/usr/x/package.json',
          'db/info/bash.list': '=> db/info/other.list',
          'usr/x/package.json': 'x 1',
        },
      ],
      `x@1 layer 0 at usr/x/package.json${owned}`,
    ],
    [
      'only its folder is listed',
      [image('/usr/lib/x', { 'usr/lib/x/package.json': 'x 1' })],
      'x@1 layer 0 at usr/lib/x/package.json',
    ],
    [
      'another of that name is listed',
      [image('/usr/y/package.json', { 'usr/x/package.json': 'x 1' })],
      'x@1 layer 0 at usr/x/package.json',
    ],
    [
      'copied over by a later layer',
      [image('/usr/x/package.json', { 'usr/x/package.json': 'x 1' }), { 'usr/x/package.json': 'x 2' }],
      'x@2 layer 1 at usr/x/package.json',
    ],
    [
      'touched by a later layer',
      [image('/usr/x/package.json', { 'usr/x/package.json': 'x 1' }), { 'usr/x/package.json': 'x 1' }],
      `x@1 layer 0 at usr/x/package.json${owned}`,
    ],
  ])('%s', async (_, layers, expected) => {
    const { packages } = await scan(layers);
    expect(packages.filter(({ type }) => type !== 'deb').map(brief)).toEqual([expected]);
  });

  test('an owned and an unowned one stay two', async () => {
    const { packages } = await scan([
      image('/a/package.json', { 'a/package.json': 'x 1', 'b/package.json': 'x 1' }),
    ]);
    expect(packages.filter(({ type }) => type === 'npm').map(brief)).toEqual([
      `x@1 layer 0 at a/package.json${owned}`,
      'x@1 layer 0 at b/package.json',
    ]);
  });

  test('the files of a package are its list, or its locations', async () => {
    const catalog = await scan([
      image('/.\n/bin\n/bin/sh\n./bin/bash\n/etc\n/etc/bash.rc\n', { 'a/package.json': 'x 1' }),
    ]);
    const filesOf = Object.fromEntries(catalog.packages.map((pkg) => [pkg.name, catalog.filesOf(pkg)]));
    expect(filesOf).toEqual({ bash: ['bin/bash', 'bin/sh', 'etc/bash.rc'], x: ['a/package.json'] });
  });
});

describe('what is unknown is said', () => {
  const NO_PACKAGES = 'no-distribution-packages';
  const FULL = { ...DEBIAN, 'db/status': 'a 1' };

  test.each<[string, Files[], string[]]>([
    ['nothing recognised', [{ a: 'b' }], ['nothing-recognised']],
    ['no layers', [], ['nothing-recognised']],
    ['OS packages without distribution', [{ 'db/status': 'a 1' }], ['unknown-distribution']],
    ['language packages need none', [{ 'a/package.json': 'x 1' }], []],
    ['a distribution without packages', [DEBIAN], [NO_PACKAGES]],
    ['a distribution of whose packages none is left', [FULL, { 'db/.wh.status': '' }], [NO_PACKAGES]],
    ['one with packages of languages alone', [{ ...DEBIAN, 'a/package.json': 'x 1' }], [NO_PACKAGES]],
    ['one with packages', [FULL], []],
    ['a broken file that is left', [{ ...FULL, 'etc/hint': 'broken' }], ['broken-release']],
    [
      'a broken file that a later layer removes',
      [{ ...FULL, 'etc/hint': 'broken' }, { 'etc/.wh.hint': '' }],
      [],
    ],
    [
      'a route that leads in a circle',
      [{ ...DEBIAN, db: '-> bd', bd: '-> db' }],
      [NO_PACKAGES, 'unresolvable-link', 'unresolvable-link', 'unresolvable-link'],
    ],
    ['a route that leads nowhere', [{ ...DEBIAN, db: '-> nowhere' }], [NO_PACKAGES]],
    ['a route that leads to a folder', [{ ...DEBIAN, 'db/status': '-> x', 'x/y': '' }], [NO_PACKAGES]],
  ])('%s', async (_, layers, codes) => {
    const { diagnostics } = await scan(layers);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    expect(diagnostics.every(({ unknown }) => unknown)).toBe(true);
  });
});

test('the result does not depend on how many layers are read at once', async () => {
  const layers = Array.from({ length: 12 }, (_, at) => ({
    ...(at === 0 ? DEBIAN : {}),
    'db/status': Array.from({ length: at + 1 }, (_, n) => `p${n} ${n % 3 === 0 ? at : 1}`).join('\n'),
    [`n${at % 5}/package.json`]: `x ${at}`,
    [`broken${at}/package.json`]: '',
  }));
  const texts = await Promise.all(
    [1, 2, 7, 50].map(async (concurrency) => {
      const { distro, packages, diagnostics } = await scan(layers, { concurrency });
      return JSON.stringify([distro, packages, diagnostics]);
    }),
  );
  expect(new Set(texts).size).toBe(1);
});

test('progress ends with all layers and all bytes', async () => {
  const seen: ScanProgress[] = [];
  await scan([DEBIAN, { a: 'x'.repeat(5000) }], { progress: (now) => seen.push(now) });
  const last = seen.at(-1);
  expect(last).toMatchObject({ layer: 2, layers: 2, bytes: last?.totalBytes });
  expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b));
  expect(last?.totalBytes).toBeGreaterThan(5000);
});

test('the first layer that fails ends the others', async () => {
  const [good, bad] = layersOf([{ a: 'x' }, { a: 'x'.repeat(9000) }]);
  if (good?.kind !== 'blob' || bad === undefined) throw new Error('no layers');
  let ended = false;
  const endless = {
    ...good,
    open: async (signal?: AbortSignal) =>
      (async function* () {
        try {
          while (signal?.aborted !== true) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            yield Buffer.alloc(0);
          }
        } finally {
          ended = true;
        }
      })(),
  };
  const lying = { ...bad, descriptor: { mediaType: 'x', size: 1 } } as typeof bad;
  await expect(catalogImage(imageOf([endless, lying]), { catalogers: CATALOGERS })).rejects.toThrow(
    expect.objectContaining({ code: 'SIZE_MISMATCH' }),
  );
  expect(ended).toBe(true);
});

test('an abort ends the scan', async () => {
  await expect(scan([DEBIAN], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});
