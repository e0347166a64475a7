import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogFile } from '../../../test/kit/catalog.ts';
import { osRelease } from './index.ts';
import { parseOsRelease } from './parse.ts';

const distroOf = (path: string, text: string) => catalogFile(osRelease, path, text).distros[0];

describe('the assignments of os-release', () => {
  it.each([
    ['ID=debian', 'debian'],
    ['ID="debian"', 'debian'],
    ["ID='debian'", 'debian'],
    ['ID="a \\"b\\" \\$c \\`d\\` \\\\e"', 'a "b" $c `d` \\e'],
    ["ID='a \\n $b'", 'a \\n $b'],
    ['ID=a\\ b', 'a b'],
    ['ID=debian\r', 'debian'],
    ['  ID=debian  ', 'debian'],
    ['ID="unfinished', 'unfinished'],
    ['ID=', ''],
    ['ID="', ''],
    ['#ID=other\nID=debian', 'debian'],
    ['ID=first\nID=last', 'last'],
    ['no assignment\nID=debian', 'debian'],
  ])('%j', (text, id) => {
    expect(parseOsRelease(text).get('ID')).toBe(id);
  });
});

describe('the distribution', () => {
  it('of a Debian release', () => {
    const text =
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n';
    expect(distroOf('etc/os-release', text)).toEqual({
      id: 'debian',
      versionId: '12',
      codename: 'bookworm',
      idLike: [],
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
    });
  });

  it.each([
    [
      'Debian 9 names itself in VERSION only',
      'ID=debian\nVERSION_ID="9"\nVERSION="9 (stretch)"',
      '9',
      'stretch',
    ],
    ['testing has no VERSION_ID', 'ID=debian\nVERSION_CODENAME=forky', undefined, 'forky'],
    ['older testing', 'ID=debian\nPRETTY_NAME="Debian GNU/Linux buster/sid"', undefined, 'buster'],
    ['Ubuntu', 'ID=ubuntu\nVERSION_ID="24.04"\nUBUNTU_CODENAME=noble', '24.04', 'noble'],
    ['Alpine', 'ID=alpine\nVERSION_ID=3.20.3', '3.20.3', undefined],
    ['an empty codename is none', 'ID=fedora\nVERSION_ID=30\nVERSION_CODENAME=', '30', undefined],
    ['a word in brackets elsewhere is none', 'ID=centos\nVERSION_ID=7\nVERSION="7 (Core)"', '7', undefined],
  ])('%s', (_, text, versionId, codename) => {
    const distro = distroOf('usr/lib/os-release', text);
    expect([distro?.versionId, distro?.codename]).toEqual([versionId, codename]);
  });

  it('splits ID_LIKE and lowers what must be lower case', () => {
    expect(distroOf('etc/os-release', 'ID=Rocky\nID_LIKE="RHEL centos  fedora"')).toEqual({
      id: 'rocky',
      idLike: ['rhel', 'centos', 'fedora'],
    });
  });

  it('is unknown, visibly, without an ID', () => {
    const { distros, diagnostics } = catalogFile(osRelease, 'etc/os-release', 'NAME="Something"\n');
    expect(distros).toEqual([]);
    expect(diagnostics).toMatchObject([
      { code: 'distribution-without-id', unknown: true, where: 'etc/os-release' },
    ]);
  });

  it.each([
    ['etc/debian_version', '12.5\n', { id: 'debian', versionId: '12', idLike: [] }],
    ['etc/debian_version', '8\n', { id: 'debian', versionId: '8', idLike: [] }],
    ['etc/debian_version', 'trixie/sid\n', { id: 'debian', codename: 'trixie', idLike: [] }],
    ['etc/debian_version', 'kali-rolling\n', undefined],
    ['etc/debian_version', '', undefined],
    ['etc/alpine-release', '3.18.4\n', { id: 'alpine', versionId: '3.18.4', idLike: [] }],
    [
      'etc/alpine-release',
      '3.21.0_alpha20240923\n',
      { id: 'alpine', versionId: '3.21.0_alpha20240923', idLike: [] },
    ],
    ['etc/alpine-release', 'edge\n', undefined],
  ])('hinted by %s holding %j', (path, text, distro) => {
    expect(distroOf(path, text)).toEqual(distro);
  });
});

describe('hostile files', () => {
  it('never throw', () => {
    const path = fc.constantFrom('etc/os-release', 'etc/debian_version', 'etc/alpine-release');
    const line = fc
      .tuple(fc.constantFrom('ID=', 'VERSION=', 'PRETTY_NAME=', ''), fc.string())
      .map((part) => part.join(''));
    fc.assert(
      fc.property(path, fc.array(line), (file, lines) => {
        catalogFile(osRelease, file, lines.join('\n'));
      }),
    );
  });

  it.each(['(', '\\', '"', '1', '1.', 'a', 'a/', ' '])('stay fast on a million times %j', (piece) => {
    const text = piece.repeat(1_000_000);
    const began = performance.now();
    catalogFile(osRelease, 'etc/os-release', `ID=debian\nVERSION=${text}\nPRETTY_NAME="${text}`);
    catalogFile(osRelease, 'etc/debian_version', text);
    catalogFile(osRelease, 'etc/alpine-release', `1.${text}!`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
