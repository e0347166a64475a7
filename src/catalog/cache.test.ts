import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeLayer, sha256 } from '../../test/kit/images.ts';
import { blobLayer, imageOf } from '../../test/kit/layers.ts';
import type { BlobLayer, Image } from '../image/index.ts';
import type { Catalog } from '../model/index.ts';
import { type CacheKey, cacheFolderOf, type LayerCache, openLayerCache } from './cache.ts';
import { catalogImage } from './catalog-image.ts';
import type { Cataloger } from './cataloger.ts';
import { decodeRecord, type LayerRecord } from './record.ts';
import { compileRoutes } from './router.ts';
import { walkLayer } from './walk.ts';

const lists: Cataloger = {
  name: 'lists',
  version: 1,
  routes: [{ suffix: '.pkg' }],
  catalog: (file, bytes, out) => {
    out.package({ type: 'deb', name: bytes.toString(), version: '1', ownerKey: 'k' });
    out.owns('k', `${file.path}\nusr/bin/é`);
    out.distro({ id: 'debian', versionId: '12', idLike: [] });
  },
};
const router = compileRoutes([lists]);
const layer = makeLayer([
  { path: 'a.pkg', content: 'a' },
  { path: 'usr/b.pkg', content: 'b' },
  { path: 'usr/plain', content: 'c' },
  { path: 'l', type: 'symlink', linkTarget: 'usr' },
]);

let folder = '';
let warnings: string[] = [];
const log = { debug: () => undefined, warn: (message: string) => void warnings.push(message) };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pratique-cache-'));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(maxBytes?: number): LayerCache {
  const cache = openLayerCache({ env: {}, folder, log, ...(maxBytes === undefined ? {} : { maxBytes }) });
  if (cache === undefined) throw new Error('no cache');
  return cache;
}

function files(): string[] {
  return (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** All that a record says, so that two can be compared. */
function told(record: LayerRecord | undefined): unknown {
  const members: unknown[] = [];
  const tell =
    (kind: string) =>
    (...parts: unknown[]) =>
      void members.push([kind, ...parts]);
  record?.eachMember({
    folder: tell('D'),
    symlink: tell('L'),
    hardlink: tell('H'),
    catalogued: tell('C'),
    echo: tell('E'),
    other: tell('O'),
    whiteout: tell('W'),
    opaque: tell('Q'),
    plain: tell('F'),
  });
  return record && [record.digest, record.files, record.linked, record.diagnostics, record.texts(), members];
}

const key: CacheKey = { digest: layer.digest, fingerprint: router.fingerprint };
const made = await walkLayer(blobLayer(layer), router);

describe('a layer record in the cache', () => {
  test('comes back as it was', async () => {
    await open().put(key, made);
    expect(told(await open().get(key))).toEqual(told(made));
    expect(files()).toHaveLength(1);
  });

  test.each<[string, CacheKey]>([
    ['another digest', { ...key, digest: sha256('x') }],
    ['other catalogers', { ...key, fingerprint: 'f' }],
    ['a part of it', { ...key, part: 'p' }],
  ])('is not found for %s', async (_, other) => {
    await open().put(key, made);
    expect(await open().get(other)).toBeUndefined();
  });

  test('is not found under a name that is not its own', async () => {
    const digest = sha256('x');
    await open().put({ ...key, digest }, made);
    expect(await open().get({ ...key, digest })).toBeUndefined();
  });

  test('damaged at any place, or cut anywhere, is a miss', () => {
    const bytes = Buffer.from(made.encode());
    expect(decodeRecord(bytes)).toBeDefined();
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(decodeRecord(damaged), `byte ${at}`).toBeUndefined();
      expect(decodeRecord(bytes.subarray(0, at)), `cut at ${at}`).toBeUndefined();
    }
    expect(decodeRecord(Buffer.concat([bytes, bytes]))).toBeUndefined();
  });

  test('damaged, it is read and written again', async () => {
    const cache = open();
    await cache.put(key, made);
    const [path = ''] = files();
    writeFileSync(path, readFileSync(path).subarray(100));
    expect(await cache.get(key)).toBeUndefined();
    await cache.put(key, made);
    expect(told(await cache.get(key))).toEqual(told(made));
  });

  test('written and read by many at once is whole or absent', async () => {
    const seen = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const cache = open();
        if (at % 2 === 0) await cache.put(key, made);
        return cache.get(key);
      }),
    );
    for (const record of seen) expect([undefined, made.digest]).toContain(record?.digest);
    expect(files()).toHaveLength(1);
  });
});

describe('the size of the cache', () => {
  test('the records that were not used for longest go first', async () => {
    const cache = open(3.5 * made.encode().length);
    const digests = ['1', '2', '3', '4', '5'].map((text) => sha256(text));
    for (const [at, digest] of digests.entries()) {
      const before = new Set(files());
      await cache.put({ ...key, digest }, made);
      const added = files().find((path) => !before.has(path)) ?? '';
      utimesSync(added, 1_000 + at, 1_000 + at);
    }
    await cache.trim();
    const left = files().map((path) => digests.findIndex((digest) => path.includes(digest.slice(7))));
    expect(left.sort()).toEqual([2, 3, 4]);
  });

  test('a hit counts as use', async () => {
    const cache = open();
    await cache.put(key, made);
    const [path = ''] = files();
    utimesSync(path, 1_000, 1_000);
    await cache.get(key);
    expect(statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  });
});

test('a folder that cannot be written or read costs a warning, not the scan', async () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const cache = openLayerCache({ env: {}, folder: blocked, log });
  await cache?.put(key, made);
  await cache?.put(key, made);
  expect(await cache?.get(key)).toBeUndefined();
  await cache?.trim();
  expect(warnings).toEqual(['layer cache cannot be written']);
  const catalog = await catalogImage(imageOf([blobLayer(layer)]), {
    catalogers: [lists],
    ...(cache === undefined ? {} : { cache }),
  });
  expect(catalog.packages).toHaveLength(2);
});

describe('the catalog of a whole image in the cache', () => {
  const image = (): Image => imageOf([blobLayer(layer)]);
  const blob = blobLayer(layer) as BlobLayer;
  const whole = (): string => files().find((path) => path.includes('whole')) ?? '';
  const scan = (one: Image, cache = open()): Promise<Catalog> =>
    catalogImage(one, { catalogers: [lists], cache });
  const shown = (catalog: Catalog): unknown => [
    catalog.distro,
    catalog.packages,
    catalog.diagnostics,
    catalog.packages.map((pkg) => catalog.filesOf(pkg)),
  ];

  test('comes back as it was, lists of files included, without a layer record', async () => {
    const first = await scan(image());
    for (const path of files()) if (path !== whole()) rmSync(path);
    const unread = imageOf([{ ...blob, open: () => Promise.reject(new Error('read again')) }]);
    expect(shown(await scan(unread))).toEqual(shown(first));
    expect(first.packages.some((pkg) => first.filesOf(pkg).length > 1)).toBe(true);
  });

  test('damaged anywhere, it is made anew', async () => {
    const first = shown(await scan(image()));
    const good = readFileSync(whole());
    for (let at = 0; at < good.length; at += 7) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0xff;
      writeFileSync(whole(), bad);
      expect(shown(await scan(image()))).toEqual(first);
    }
    expect(readFileSync(whole())).toEqual(good);
  });

  test('is not found for the same layers in another order, nor for other catalogers', async () => {
    const other = makeLayer([{ path: 'other.pkg', content: 'a' }]);
    const [one, two] = [blobLayer(layer, 0), blobLayer(other, 1)];
    await scan(imageOf([one, two]));
    await scan(imageOf([blobLayer(other, 0), blobLayer(layer, 1)]));
    await catalogImage(image(), { catalogers: [{ ...lists, version: 99 }], cache: open() });
    await scan(image());
    expect(files().filter((path) => path.includes('whole'))).toHaveLength(4);
  });
});

describe('an image scanned twice', () => {
  const twice = async (layers: Parameters<typeof imageOf>[0]): Promise<number[]> => {
    const opened: number[] = [];
    const counting = layers.map((one) =>
      one.kind === 'tree' ? one : { ...one, open: () => one.open(void opened.push(one.ref.index)) },
    );
    const options = { catalogers: [lists], cache: open() };
    const first = await catalogImage(imageOf(counting), options);
    const second = await catalogImage(imageOf(counting), options);
    expect(second.packages).toEqual(first.packages);
    return opened;
  };
  test('reads each blob once', async () => {
    expect(await twice([blobLayer(layer)])).toEqual([0]);
  });
  test('reads a blob that comes twice once', async () => {
    expect(await twice([blobLayer(layer, 0), blobLayer(layer, 1)])).toEqual([0]);
  });
  test('reads a blob that has only a diff id every time', async () => {
    expect(await twice([blobLayer(layer, 0, { digest: 'none' })])).toEqual([0, 0]);
    expect(files()).toEqual([]);
  });
  test('remembers what was read a second time because of links', async () => {
    const linked = makeLayer([
      { path: 'store', content: 'a' },
      { path: 'x.pkg', type: 'hardlink', linkTarget: 'store' },
    ]);
    expect(await twice([blobLayer(linked)])).toEqual([0, 0]);
    expect(files()).toHaveLength(3);
    for (const path of files().filter((name) => name.includes('whole'))) rmSync(path);
    expect(await twice([blobLayer(linked)])).toEqual([]);
  });
  test('keeps nothing of a blob whose digest is not the one named', async () => {
    const cache = open();
    const lying = imageOf([blobLayer(layer, 0, { digest: sha256('x') })]);
    await expect(catalogImage(lying, { catalogers: [lists], cache })).rejects.toThrow(
      expect.objectContaining({ code: 'DIGEST_MISMATCH' }),
    );
    expect(files()).toEqual([]);
  });
});

test.each<[string, Record<string, string>, NodeJS.Platform, string | undefined]>([
  ['XDG', { XDG_CACHE_HOME: '/x', HOME: '/h' }, 'linux', '/x/pratique'],
  ['home', { HOME: '/h' }, 'linux', '/h/.cache/pratique'],
  ['a relative XDG value is ignored', { XDG_CACHE_HOME: 'x', HOME: '/h' }, 'darwin', '/h/.cache/pratique'],
  ['nothing', {}, 'linux', undefined],
  ['Windows', { LOCALAPPDATA: 'C:\\L', HOME: '/h' }, 'win32', 'C:\\L\\pratique\\cache'],
  ['Windows without it', { HOME: 'C:\\h' }, 'win32', undefined],
])('the cache folder: %s', (_, env, platform, expected) => {
  expect(cacheFolderOf(env, platform)).toBe(expected);
});
