import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanEntryPath, pathFault, whiteoutOf } from './index.ts';

describe('cleanEntryPath', () => {
  test.each([
    ['usr/lib/x.so', 'usr/lib/x.so'],
    ['./usr/lib', 'usr/lib'],
    ['/etc/passwd', 'etc/passwd'],
    ['//etc//./passwd', 'etc/passwd'],
    ['etc/', 'etc'],
    ['./', ''],
    ['/', ''],
    ['.', ''],
    ['', ''],
    ['.hidden', '.hidden'],
    ['a/..b/c..', 'a/..b/c..'],
    ['...', '...'],
    ['a\\..\\b', 'a\\..\\b'],
    [' a ', ' a '],
    ['.wh.a', '.wh.a'],
    ['a/.wh..wh..opq', 'a/.wh..wh..opq'],
    ['a/.wh./b', 'a/.wh./b'],
    [`${'a/'.repeat(511)}a`, `${'a/'.repeat(511)}a`],
  ])('%j is %j', (raw, clean) => expect(cleanEntryPath(raw)).toBe(clean));

  test.each([
    ['../etc/passwd', 'it has a `..` part'],
    ['/..', 'it has a `..` part'],
    ['a/../b', 'it has a `..` part'],
    ['a/b/..', 'it has a `..` part'],
    ['a\0b', 'it has a NUL'],
    ['x'.repeat(4097), 'it is too long'],
    ['a/'.repeat(513), 'it is too deep'],
    ['.wh.', 'it is a whiteout of no name'],
    ['a/.wh..', 'it is a whiteout of no name'],
    ['a/.wh...', 'it is a whiteout of no name'],
  ])('%j is refused: %s', (raw, fault) => {
    expect(cleanEntryPath(raw)).toBeUndefined();
    expect(pathFault(raw)).toBe(fault);
  });

  test('what it lets pass is clean, and stays as it is when cleaned again', () => {
    const part = fc.constantFrom('', '.', '..', 'a', '.b', '..c', '.wh.', '.wh.d', '\0', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const raw = parts.join('/');
        const clean = cleanEntryPath(raw);
        expect(pathFault(raw) === undefined).toBe(clean !== undefined);
        if (clean === undefined) return;
        expect(cleanEntryPath(clean)).toBe(clean);
        const inner = parts.filter((name) => name !== '' && name !== '.');
        expect(clean).toBe(inner.join('/'));
        expect(inner).not.toContain('..');
        expect(clean).not.toContain('\0');
      }),
    );
  });
});

describe('whiteoutOf', () => {
  test.each([
    ['.wh.a', { kind: 'file', path: 'a' }],
    ['usr/.wh.a.b', { kind: 'file', path: 'usr/a.b' }],
    ['usr/.wh..hidden', { kind: 'file', path: 'usr/.hidden' }],
    ['usr/.wh..wh..opq', { kind: 'opaque', folder: 'usr' }],
    ['.wh..wh..opq', { kind: 'opaque', folder: '' }],
    ['.wh..wh.plnk', { kind: 'ignored' }],
    ['.wh..wh.plnk/12.34', { kind: 'ignored' }],
    ['usr/.wh..wh.aufs', { kind: 'ignored' }],
    ['usr/a.wh.b', undefined],
    ['.wh.a/b', undefined],
    ['.whale', undefined],
    ['', undefined],
  ])('%j', (path, whiteout) => expect(whiteoutOf(path)).toEqual(whiteout));
});
