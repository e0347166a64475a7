import { describe, expect, test } from 'vitest';
import type { Cataloger, Route } from './cataloger.ts';
import { compileRoutes } from './router.ts';

function cataloger(name: string, ...routes: Route[]): Cataloger {
  return { name, version: 1, routes, catalog: () => undefined };
}

const wanted = (path: string, ...routes: Route[]): boolean =>
  compileRoutes([cataloger('one', ...routes)]).byName(path).length > 0;

describe('routes by name', () => {
  test.each<[string, Route, string[], string[]]>([
    [
      'exact',
      { exact: 'etc/os-release' },
      ['etc/os-release'],
      ['usr/etc/os-release', 'os-release', 'etc/os-release/x'],
    ],
    ['exact in the root', { exact: 'os' }, ['os'], ['a/os', 'xos']],
    ['folder', { folder: 'a/b' }, ['a/b/x', 'a/b/y.list'], ['a/b', 'a/b/c/x', 'x/a/b/x']],
    ['folder and suffix', { folder: 'a/b', suffix: '.list' }, ['a/b/y.list'], ['a/b/x', 'a/b/c/y.list']],
    ['root folder', { folder: '', suffix: '.txt' }, ['a.txt'], ['a/b.txt', 'a']],
    [
      'basename',
      { basename: 'package.json' },
      ['package.json', 'a/package.json'],
      ['a/xpackage.json', 'package.json/x'],
    ],
    [
      'basename and parent',
      { basename: 'METADATA', parent: '.dist-info' },
      ['x.dist-info/METADATA', 'a/b/x-1.0.dist-info/METADATA'],
      ['METADATA', 'x.dist-info/a/METADATA', 'x.egg-info/METADATA', '/METADATA'],
    ],
    [
      'basename inside',
      { basename: 'p', inside: 'node_modules' },
      ['node_modules/p', 'a/node_modules/b/c/p'],
      ['p', 'xnode_modules/p', 'node_modulesx/p', 'a/node_modules'],
    ],
    ['suffix', { suffix: '.egg-info' }, ['a/x.egg-info', '.egg-info'], ['x.egg-info/y', 'x.egg-infos']],
    ['suffix of two dots', { suffix: '.tar.gz' }, ['a.tar.gz'], ['a.gz', 'tar.gz']],
    ['suffix without dot', { suffix: 'lock' }, ['Gemfile.lock', 'a/lock'], ['lock/x', 'a.lock.bak']],
    ['suffix longer than the name', { suffix: 'a/b' }, [], ['b', 'a/b']],
    ['empty suffix', { suffix: '' }, ['a', 'a/b.c'], []],
    ['suffix and parent', { suffix: '.x', parent: 'lib' }, ['lib/a.x', 'mylib/a.x'], ['a.x', 'lib/b/a.x']],
  ])('%s', (_, route, yes, no) => {
    for (const path of yes) expect(wanted(path, route), path).toBe(true);
    for (const path of no) expect(wanted(path, route), path).toBe(false);
  });

  test('a file goes to every cataloger that wants it, once, in the order of the list', () => {
    const router = compileRoutes([
      cataloger('a', { suffix: '.json' }),
      cataloger('b', { exact: 'x/p.json' }),
      cataloger('c', { basename: 'p.json' }, { folder: 'x' }, { suffix: 'json' }),
    ]);
    expect(router.byName('x/p.json')).toEqual([0, 1, 2]);
    expect(router.byName('p.json')).toEqual([0, 2]);
    expect(router.byName('p.xml')).toEqual([]);
  });
});

describe('routes by magic', () => {
  const elf = Buffer.from('\x7fELF', 'latin1');
  const router = compileRoutes([
    cataloger('elf', { magic: [elf, Buffer.from('MZ')], minBytes: 100 }),
    cataloger('zip', { magic: [Buffer.from('PK')] }),
  ]);

  test('the first bytes and the size decide', () => {
    expect(router.byMagic(Buffer.from('\x7fELF....', 'latin1'), 100)).toEqual([0]);
    expect(router.byMagic(Buffer.from('MZ'), 4096)).toEqual([0]);
    expect(router.byMagic(Buffer.from('\x7fELF....', 'latin1'), 99)).toEqual([]);
    expect(router.byMagic(Buffer.from('\x7fEL', 'latin1'), 100)).toEqual([]);
    expect(router.byMagic(Buffer.from('PK'), 2)).toEqual([1]);
  });
  test('smaller files need no look', () => {
    expect(router.magicMinBytes).toBe(2);
    expect(compileRoutes([cataloger('a', { exact: 'x' })]).magicMinBytes).toBe(Number.POSITIVE_INFINITY);
  });
  test('a magic longer than 16 bytes, or none, is a mistake of ours', () => {
    expect(() => compileRoutes([cataloger('a', { magic: [Buffer.alloc(17)] })])).toThrow(TypeError);
    expect(() => compileRoutes([cataloger('a', { magic: [Buffer.alloc(0)] })])).toThrow(TypeError);
  });
});

test('an echo has the last name of an exact route, or lies in a folder of the last name of a folder route', () => {
  const router = compileRoutes([
    cataloger('a', { exact: 'var/lib/dpkg/status' }, { folder: 'var/lib/dpkg/info', suffix: '.list' }),
  ]);
  for (const path of ['status', 'x/status', 'y/info/a.list']) expect(router.echoes(path), path).toBe(true);
  for (const path of ['x/status/y', 'info/a.md5sums', 'a.list', 'info'])
    expect(router.echoes(path), path).toBe(false);
  expect(router.echoesFolder('x/info')).toBe(true);
  expect(router.echoesFolder('x/infos')).toBe(false);
});

test('the fingerprint changes with name, version, routes and order, and with nothing else', () => {
  const base = cataloger('a', { exact: 'x' }, { magic: [Buffer.from('MZ')] });
  const other = cataloger('b', { exact: 'y' });
  const print = (...list: Cataloger[]): string => compileRoutes(list).fingerprint;
  expect(print(base, other)).toBe(print({ ...base, catalog: () => undefined }, { ...other }));
  const changed = [
    print({ ...base, name: 'c' }, other),
    print({ ...base, version: 2 }, other),
    print({ ...base, maxBytes: 1 }, other),
    print(cataloger('a', { exact: 'x' }, { magic: [Buffer.from('MY')] }), other),
    print(other, base),
    print(base),
  ];
  expect(new Set([...changed, print(base, other)]).size).toBe(changed.length + 1);
});
