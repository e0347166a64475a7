import { describe, expect, it } from 'vitest';
import { apk, deb, distroOf, packageOf, pypi } from '../../test/kit/packages.ts';
import type { Distro, Package } from '../model/index.ts';
import { MATCHERS, matcherOf } from './matchers.ts';

function ecosystem(pkg: Package, distro?: Distro): string | undefined {
  return matcherOf(pkg.type)?.ecosystem(pkg, distro);
}

describe('the list', () => {
  it('has one matcher for a purl type', () => {
    const types = MATCHERS.flatMap((matcher) => matcher.purlTypes);
    expect(types).toEqual([...new Set(types)]);
  });
  it('has none for what nobody writes advisories about', () => {
    expect(matcherOf('generic')).toBeUndefined();
  });
});

describe('the ecosystem of a Debian package', () => {
  const cases: [Distro | undefined, string | undefined][] = [
    [distroOf('debian', '12'), 'Debian:12'],
    [distroOf('debian', '9.13'), 'Debian:9'],
    [distroOf('debian', '12', { codename: 'bookworm' }), 'Debian:12'],
    [distroOf('debian', undefined, { codename: 'forky' }), 'Debian:14'],
    [distroOf('debian', undefined, { codename: 'sid' }), 'Debian:sid'],
    [distroOf('debian'), undefined],
    [distroOf('ubuntu', '22.04', { idLike: ['debian'] }), 'Ubuntu:22.04'],
    [distroOf('raspbian', '12', { codename: 'bookworm', idLike: ['debian'] }), 'Raspbian:12'],
    [distroOf('kali', '2026.1', { idLike: ['debian'] }), 'Kali:2026.1'],
    [distroOf('mylinux', '1', { idLike: ['ubuntu', 'debian'] }), 'Mylinux:1'],
    [distroOf('alpine', '3.20.1'), undefined],
    [undefined, undefined],
  ];
  it.each(cases)('on %j is %s', (distro, expected) => {
    expect(ecosystem(deb('foo', '1'), distro)).toBe(expected);
  });
});

describe('the ecosystem of an Alpine package', () => {
  const cases: [Distro | undefined, string | undefined][] = [
    [distroOf('alpine', '3.10.3'), 'Alpine:v3.10'],
    [distroOf('alpine', '3.20.0_rc1'), 'Alpine:v3.20'],
    [distroOf('alpine', '3.21_alpha20240923'), 'Alpine:edge'],
    [distroOf('alpine', 'edge'), 'Alpine:edge'],
    [distroOf('alpine'), undefined],
    [distroOf('wolfi', '20230201'), 'Wolfi'],
    [distroOf('chainguard', '20230214'), 'Chainguard'],
    [distroOf('postmarketos', 'v24.06', { idLike: ['alpine'] }), 'Postmarketos:v24.06'],
    [distroOf('debian', '12'), undefined],
    [undefined, undefined],
  ];
  it.each(cases)('on %j is %s', (distro, expected) => {
    expect(ecosystem(apk('foo', '1-r0'), distro)).toBe(expected);
  });
});

describe('what is looked up', () => {
  const source = { name: 'openssl', version: '3.0.15-1~deb12u1' };
  const cases: [Package, name: string, version: string][] = [
    [deb('libssl3', '3.0.15-1~deb12u1+b1', { source }), 'openssl', '3.0.15-1~deb12u1'],
    [deb('bash', '5.2.15-2+b7'), 'bash', '5.2.15-2+b7'],
    [
      apk('libssl1.1', '1.1.1d-r3', { source: { name: 'openssl', version: '1.1.1d-r3' } }),
      'openssl',
      '1.1.1d-r3',
    ],
    [pypi('Zope.Interface_x', '5.0'), 'zope-interface-x', '5.0'],
    [packageOf('npm', 'left-pad', '1.0.0'), 'left-pad', '1.0.0'],
    [packageOf('npm', 'core', '7.0.0', { namespace: '@babel' }), '@babel/core', '7.0.0'],
    [packageOf('npm', 'core', '7.0.0', { namespace: 'babel' }), '@babel/core', '7.0.0'],
    [
      packageOf('golang', 'toml', 'v1.0.0', { namespace: 'github.com/BurntSushi' }),
      'github.com/BurntSushi/toml',
      'v1.0.0',
    ],
    [packageOf('golang', 'stdlib', 'go1.21.3'), 'stdlib', 'go1.21.3'],
    [packageOf('cargo', 'time', '0.1.0'), 'time', '0.1.0'],
  ];
  it.each(cases)('for %j is %s %s', (pkg, name, version) => {
    expect(matcherOf(pkg.type)?.lookUp(pkg)).toEqual({ name, version });
  });

  it.each([
    ['pypi', 'PyPI', 'pep440'],
    ['npm', 'npm', 'semver'],
    ['golang', 'Go', 'golang'],
    ['cargo', 'crates.io', 'semver'],
  ])('%s packages lie under %s, in the order of %s', (type, key, scheme) => {
    expect(ecosystem(packageOf(type, 'x', '1.0.0'))).toBe(key);
    expect(matcherOf(type)?.scheme).toBe(scheme);
  });
});
