import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogFile, labels } from '../../../test/kit/catalog.ts';
import { apk } from './index.ts';

const INSTALLED = 'lib/apk/db/installed';
const MUSL = 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n';
const installed = (text: string) => catalogFile(apk, INSTALLED, text);

describe('an installed package', () => {
  it('has its origin, architecture, licence and files', () => {
    const text = `C:Q1dCsKJvMnxtpg1CoCw+thiaWORo8=
P:libcrypto3
V:3.3.2-r0
A:aarch64
L:Apache-2.0
T:Crypto library: from openssl
o:openssl
D:so:libc.musl-aarch64.so.1
F:etc
F:etc/ssl
M:0:0:700
R:openssl.cnf
a:0:0:644
Z:Q1opjpYqXgzmOVo7EbNe8l5Xol08g=
F:usr/lib
R:libcrypto.so.3
`;
    const { packages, owned, diagnostics } = installed(text);
    expect(packages).toEqual([
      {
        type: 'apk',
        name: 'libcrypto3',
        version: '3.3.2-r0',
        source: { name: 'openssl', version: '3.3.2-r0' },
        qualifiers: { arch: 'aarch64' },
        ownerKey: 'libcrypto3',
        details: { architecture: 'aarch64', licence: 'Apache-2.0' },
      },
    ]);
    expect(owned.get('libcrypto3')).toEqual([
      'etc',
      'etc/ssl',
      'etc/ssl/openssl.cnf',
      'usr/lib',
      'usr/lib/libcrypto.so.3',
    ]);
    expect(diagnostics).toEqual([]);
  });

  it('without an origin is its own source', () => {
    expect(installed('P:a\nV:1-r0\n').packages[0]?.source).toEqual({ name: 'a', version: '1-r0' });
  });

  it('owns files of the root folder', () => {
    expect(installed('P:a\nV:1\nF:\nR:.profile\nF:bin\n').owned.get('a')).toEqual(['.profile', 'bin']);
  });

  it('may be a group that somebody made up', () => {
    expect(installed('P:.build-deps\nV:20240101.120000\n').packages[0]?.details).toEqual({ virtual: true });
  });
});

describe('the file may be written in odd ways', () => {
  it.each([
    [
      'no blank line at the end',
      `${MUSL}\n${MUSL.replace('musl', 'zlib')}`,
      ['musl@1.2.5-r0', 'zlib@1.2.5-r0'],
    ],
    ['no newline at the end', MUSL.trimEnd(), ['musl@1.2.5-r0']],
    ['CRLF', `${MUSL}\n${MUSL}`.replaceAll('\n', '\r\n'), ['musl@1.2.5-r0', 'musl@1.2.5-r0']],
    ['a blank line lost', `${MUSL}P:zlib\nV:1.3-r1\n`, ['musl@1.2.5-r0', 'zlib@1.3-r1']],
    ['the version first', 'V:1\nP:a\n', ['a@1']],
    ['nothing at all', '', []],
  ])('%s', (_, text, expected) => {
    const { packages, diagnostics } = installed(text);
    expect([labels(packages), diagnostics]).toEqual([expected, []]);
  });

  it('a file of the next package does not fall into the last folder of this one', () => {
    expect(installed('P:a\nV:1\nF:etc\n\nP:b\nV:1\nR:x\n').owned.get('b')).toEqual(['x']);
  });
});

describe('what is damaged is said and does not hide the rest', () => {
  it.each([
    ['asdf\n', 'damaged-package-list'],
    ['P:a\nA:x86_64\n', 'package-without-version'],
    ['V:1.0-r0\n', 'package-without-name'],
  ])('%j', (text, code) => {
    const { packages, diagnostics } = installed(`${text}\n${MUSL}`);
    expect(labels(packages)).toEqual(['musl@1.2.5-r0']);
    expect(diagnostics).toMatchObject([{ code, unknown: true, where: INSTALLED }]);
  });
});

describe('hostile files', () => {
  it('never throw', () => {
    const line = fc
      .tuple(fc.constantFrom('P:', 'V:', 'o:', 'F:', 'R:', '__proto__:', ''), fc.string())
      .map((part) => part.join(''));
    fc.assert(fc.property(fc.array(line, { maxLength: 30 }), (lines) => void installed(lines.join('\n'))));
  });

  it.each(['\n', 'a', 'P:\n', 'F:a\n', 'R:a\n', 'x\n'])('stay fast on many times %j', (piece) => {
    const began = performance.now();
    installed(`${MUSL}${piece.repeat(1_000_000)}`);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});
