import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogFile, labels } from '../../../test/kit/catalog.ts';
import { npm } from './index.ts';

const manifest = (path: string, content: unknown) => catalogFile(npm, path, JSON.stringify(content));
const at = (path: string) => labels(manifest(path, { name: 'a', version: '1.0.0' }).packages);

describe('where a package lies', () => {
  it.each([
    'app/node_modules/a/package.json',
    'node_modules/a/package.json',
    'usr/lib/node_modules/npm/node_modules/a/package.json',
    'app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json',
    'usr/share/nodejs/a/package.json',
    'usr/lib/nodejs/a/package.json',
    'usr/lib/x86_64-linux-gnu/nodejs/a/package.json',
    'usr/share/nodejs/b/node_modules/a/package.json',
  ])('%s is a package', (path) => {
    expect(at(path)).toEqual(['a@1.0.0']);
  });

  it.each([
    'app/package.json',
    'package.json',
    'app/node_modules/package.json',
    'app/node_modules/a/dist/package.json',
    'app/node_modules/@scope/package.json',
    'app/node_modules/@scope/a/esm/package.json',
    'app/node_modules/.cache/package.json',
    'usr/share/nodejs/package.json',
    'usr/share/nodejs/a/dist/package.json',
    'opt/nodejs/a/package.json',
  ])('%s is none', (path) => {
    expect(at(path)).toEqual([]);
  });
});

describe('a package', () => {
  it('with a scope has it as its namespace', () => {
    expect(
      manifest('node_modules/@types/node/package.json', { name: '@types/node', version: '20.1.0' }).packages,
    ).toEqual([{ type: 'npm', namespace: '@types', name: 'node', version: '20.1.0', details: {} }]);
  });

  it('installed under another name keeps its own, and says so', () => {
    const { packages } = manifest('node_modules/string-width-cjs/package.json', {
      name: 'string-width',
      version: '4.2.3',
    });
    expect(packages).toMatchObject([
      { name: 'string-width', version: '4.2.3', details: { alias: 'string-width-cjs' } },
    ]);
  });

  it('without a name is called by its folder', () => {
    expect(labels(manifest('node_modules/@a/b/package.json', { version: '1.0.0' }).packages)).toEqual([
      '@a/b@1.0.0',
    ]);
  });

  it.each([
    [{ license: 'MIT' }, 'MIT'],
    [{ license: { type: 'MIT', url: 'x' } }, 'MIT'],
    [{ licenses: [{ type: 'MIT' }, 'ISC', 3] }, 'MIT OR ISC'],
    [{ license: ['MIT'] }, 'MIT'],
    [{ license: 3 }, undefined],
    [{ license: null, licenses: 'BSD' }, 'BSD'],
    [{}, undefined],
  ])('with %j has the licence %s', (members, licence) => {
    const { packages } = manifest('node_modules/a/package.json', { name: 'a', version: '1.0.0', ...members });
    expect(packages[0]?.details?.['licence']).toBe(licence);
  });

  it('may begin with a byte order mark or white space', () => {
    for (const lead of ['\uFEFF', '  \n']) {
      const { packages } = catalogFile(
        npm,
        'node_modules/a/package.json',
        `${lead}{"name":"a","version":"1.0.0"}`,
      );
      expect(labels(packages)).toEqual(['a@1.0.0']);
    }
  });
});

describe('what cannot be read is said', () => {
  it.each(['', '{', '[]', 'null', '"a"', '{"name":"a"'])('%j', (text) => {
    const { packages, diagnostics } = catalogFile(npm, 'node_modules/a/package.json', text);
    expect(packages).toEqual([]);
    expect(diagnostics).toMatchObject([
      { code: 'unreadable-file', unknown: true, where: 'node_modules/a/package.json' },
    ]);
  });

  it.each([{ name: 'a' }, { name: 'a', version: 1 }, { name: 'a', version: '' }])(
    '%j has no version',
    (content) => {
      expect(manifest('node_modules/a/package.json', content).diagnostics).toMatchObject([
        { code: 'package-without-version', unknown: true },
      ]);
    },
  );

  it('but a mere marker of the module type, or a broken file that is no package, is nothing', () => {
    expect(manifest('node_modules/a/package.json', { type: 'module' }).diagnostics).toEqual([]);
    expect(catalogFile(npm, 'node_modules/a/test/package.json', '{').diagnostics).toEqual([]);
  });
});

describe('hostile files', () => {
  it('never throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (name, version) => {
        manifest('node_modules/a/package.json', { name, version, license: name });
      }),
    );
  });

  it.each(['[', '{"a":', '"'])('stay fast on many times %j', (piece) => {
    const began = performance.now();
    const { diagnostics } = catalogFile(npm, 'node_modules/a/package.json', piece.repeat(1_000_000));
    expect(diagnostics).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
