import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { formatPurl, type PurlParts, purlWithoutVersion } from './purl.ts';

const CASES: readonly (readonly [PurlParts, string])[] = [
  [
    {
      type: 'deb',
      namespace: 'debian',
      name: 'libstdc++6',
      version: '12.2.0-14',
      qualifiers: { distro: 'debian-12', arch: 'amd64' },
    },
    'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12',
  ],
  [
    { type: 'deb', namespace: 'debian', name: 'bsdutils', version: '1:2.38.1-5+deb12u3' },
    'pkg:deb/debian/bsdutils@1:2.38.1-5%2Bdeb12u3',
  ],
  [{ type: 'npm', namespace: '@types', name: 'node', version: '20.10.0' }, 'pkg:npm/%40types/node@20.10.0'],
  [{ type: 'pypi', name: 'Ruamel_yaml', version: '0.18.5' }, 'pkg:pypi/ruamel-yaml@0.18.5'],
  [
    { type: 'golang', namespace: 'github.com/Google', name: 'uuid', version: 'v1.3.0' },
    'pkg:golang/github.com/google/uuid@v1.3.0',
  ],
  [{ type: 'golang', name: 'stdlib', version: '1.26.8' }, 'pkg:golang/stdlib@1.26.8'],
  [
    { type: 'apk', namespace: 'alpine', name: 'musl', version: '1.1.24-r10', qualifiers: { upstream: '' } },
    'pkg:apk/alpine/musl@1.1.24-r10',
  ],
  [
    { type: 'generic', name: 'a b/c', version: '1 2', subpath: '/x/../y//z/' },
    'pkg:generic/a%20b%2Fc@1%202#x/y/z',
  ],
];

describe('formatPurl', () => {
  it.each(CASES)('%o', (parts, purl) => {
    expect(formatPurl(parts)).toBe(purl);
  });

  it.each(CASES)('means the same to packageurl-js: %o', (_parts, purl) => {
    const read = PackageURL.fromString(purl);
    expect(PackageURL.fromString(read.toString()).toString()).toBe(read.toString());
    expect(read.version).toBe(decodeURIComponent(purl.split('@').at(-1)?.split(/[?#]/)[0] ?? ''));
  });

  it('drops what is not the name', () => {
    expect(purlWithoutVersion('pkg:npm/%40types/node@20.10.0?a=b#c')).toBe('pkg:npm/%40types/node');
    expect(purlWithoutVersion('pkg:npm/left-pad')).toBe('pkg:npm/left-pad');
  });
});
