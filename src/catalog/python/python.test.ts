import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogFile, labels } from '../../../test/kit/catalog.ts';
import { python } from './index.ts';

const WHEEL = 'usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA';
const read = (text: string, path = WHEEL) => catalogFile(python, path, text);

describe('a distribution', () => {
  it('has the name that indexes use, and keeps the one it was given', () => {
    const text = 'Metadata-Version: 2.1\nName: Zope.Interface_x\nVersion: 6.0\nLicense: MIT\n\nVersion: 7\n';
    expect(read(text).packages).toEqual([
      {
        type: 'pypi',
        name: 'zope-interface-x',
        version: '6.0',
        details: { declaredName: 'Zope.Interface_x', licence: 'MIT' },
      },
    ]);
  });

  it.each([
    ['CRLF', 'Name: a\r\nVersion: 1.0\r\n\r\nName: b\r\n', 'a@1.0'],
    ['no end of line', 'Name: a\nVersion: 1.0', 'a@1.0'],
    ['other case and spacing', 'NAME :a\nversion:1.0', 'a@1.0'],
    ['a byte order mark', '\uFEFFName: a\nVersion: 1.0', 'a@1.0'],
    ['folded fields', 'Summary: long\n Name: b\n\tVersion: 9\nName: a\nVersion: 1.0', 'a@1.0'],
    ['a field twice', 'Name: a\nName: b\nVersion: 1.0\nVersion: 2.0', 'a@1.0'],
    ['a local version', 'Name: a\nVersion: 1.0+cu121', 'a@1.0+cu121'],
  ])('%s', (_, text, label) => {
    expect(labels(read(text).packages)).toEqual([label]);
  });

  it.each([
    ['License: UNKNOWN', undefined],
    ['License-Expression: Apache-2.0\nLicense: Apache License', 'Apache-2.0'],
    ['License: BSD License\n  Redistribution and use', 'BSD License'],
  ])('with %j has the licence %s', (lines, licence) => {
    expect(read(`Name: a\nVersion: 1\n${lines}\n`).packages[0]?.details?.['licence']).toBe(licence);
  });

  it('that another one carries inside itself is noted, not listed: pip does not list it either', () => {
    const path = 'usr/lib/python3/dist-packages/setuptools/_vendor/wheel-0.43.0.dist-info/METADATA';
    const { packages, diagnostics } = read('Name: wheel\nVersion: 0.43.0\n', path);
    expect(packages).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'vendored-distribution', unknown: false, where: path }]);
  });
});

describe('what is missing is said', () => {
  it.each([
    ['Name: a\n', 'package-without-version'],
    ['Name: a\n\nVersion: 1\n', 'package-without-version'],
    ['Version: 1\n', 'package-without-name'],
    ['', 'package-without-name'],
    [`${'X: y\n'.repeat(100_000)}Name: a\nVersion: 1\n`, 'package-without-name'],
  ])('%#', (text, code) => {
    const { packages, diagnostics } = read(text);
    expect(packages).toEqual([]);
    expect(diagnostics).toMatchObject([{ code, unknown: true, where: WHEEL }]);
  });
});

describe('hostile files', () => {
  it('never throw', () => {
    const line = fc
      .tuple(fc.constantFrom('Name:', 'Version:', 'License:', ' '), fc.string())
      .map((part) => part.join(''));
    fc.assert(fc.property(fc.array(line), fc.string(), (lines, path) => void read(lines.join('\n'), path)));
  });

  it.each(['.', '-', ' ', 'a', '\n '])('stay fast on many times %j', (piece) => {
    const began = performance.now();
    read(`Name: ${piece.repeat(1_000_000)}\nVersion: 1\n`);
    read('Name: a\nVersion: 1\n', `${piece.repeat(100_000)}/METADATA`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
