import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogFile, labels } from '../../../test/kit/catalog.ts';
import { dpkg } from './index.ts';

const STATUS = 'var/lib/dpkg/status';
const SED = 'Package: sed\nStatus: install ok installed\nArchitecture: amd64\nVersion: 4.9-1\n';

const status = (text: string) => catalogFile(dpkg, STATUS, text);
const sedWith = (line: string) => status(`${SED.replace(/^Status.*\n/m, '')}${line}\n`);

describe('an installed package', () => {
  it('has its source, its architecture and the key of its files', () => {
    const text = `Package: libstdc++6
Status: install ok installed
Maintainer: Debian GCC Maintainers <debian-gcc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: gcc-12 (12.2.0-14)
Version: 12.2.0-14+b1
Description: GNU Standard C++ Library v3
 This package contains an additional runtime library.
 .
 Package: this is prose, and Version: too
`;
    expect(status(text).packages).toEqual([
      {
        type: 'deb',
        name: 'libstdc++6',
        version: '12.2.0-14+b1',
        source: { name: 'gcc-12', version: '12.2.0-14' },
        qualifiers: { arch: 'amd64' },
        ownerKey: 'libstdc++6:amd64',
        details: {
          architecture: 'amd64',
          maintainer: 'Debian GCC Maintainers <debian-gcc@lists.debian.org>',
        },
      },
    ]);
  });

  it.each([
    ['', 'sed', '4.9-1'],
    ['Source: sed-src', 'sed-src', '4.9-1'],
    ['Source: sed-src (4.9)', 'sed-src', '4.9'],
    ['Source: sed-src(1:4.9-1)', 'sed-src', '1:4.9-1'],
    ['Source: sed-src (4.9', 'sed-src', '4.9'],
    ['Source: sed-src ()', 'sed-src', '4.9-1'],
    ['Source:', 'sed', '4.9-1'],
    ['Source: (4.8)', 'sed', '4.8'],
  ])('with %j comes from %s %s', (line, name, version) => {
    expect(sedWith(line).packages[0]?.source).toEqual({ name, version });
  });

  it('of two architectures is two packages', () => {
    const both = ['amd64', 'i386'].map(
      (arch) => `Package: libc6\nArchitecture: ${arch}\nMulti-Arch: same\nVersion: 2.36-9\n`,
    );
    const { packages } = status(both.join('\n'));
    expect(packages.map((fact) => [fact.qualifiers, fact.ownerKey])).toEqual([
      [{ arch: 'amd64' }, 'libc6:amd64'],
      [{ arch: 'i386' }, 'libc6:i386'],
    ]);
  });
});

describe('the status decides whether files are there', () => {
  it.each([
    ['install ok installed', true],
    ['Install OK Installed', true],
    ['deinstall ok installed', true],
    ['hold ok installed', true],
    ['install reinstreq half-installed', true],
    ['install ok unpacked', true],
    ['install ok half-configured', true],
    ['install ok triggers-awaited', true],
    ['install ok triggers-pending', true],
    ['deinstall ok config-files', false],
    ['purge ok not-installed', false],
    ['unknown ok not-installed', false],
    ['something else', true],
  ])('%s: %s', (words, there) => {
    expect(labels(sedWith(`Status: ${words}`).packages)).toEqual(there ? ['sed@4.9-1'] : []);
  });

  it('and is told where it is not plain', () => {
    expect(sedWith('Status: install ok unpacked').packages[0]?.details).toMatchObject({
      status: 'install ok unpacked',
    });
    expect(sedWith('Status: install ok installed').packages[0]?.details).not.toHaveProperty('status');
  });
});

describe('the file may be written in odd ways', () => {
  it.each([
    ['CRLF', `${SED}\n${SED.replace('sed', 'awk')}`.replaceAll('\n', '\r\n'), ['sed@4.9-1', 'awk@4.9-1']],
    ['no newline at the end', SED.trimEnd(), ['sed@4.9-1']],
    ['several blank lines', `\n\n${SED}\n\n\n${SED}\n\n`, ['sed@4.9-1', 'sed@4.9-1']],
    ['a blank line lost', `${SED}${SED.replace('sed', 'awk')}`, ['sed@4.9-1', 'awk@4.9-1']],
    ['fields in capitals', SED.toUpperCase(), ['SED@4.9-1']],
    ['spaces before the colon', SED.replaceAll(':', ' :'), ['sed@4.9-1']],
    ['a tab before a continuation', `${SED}Conffiles:\n\tVersion: 9\n`, ['sed@4.9-1']],
    ['the version first', `Version: 1\nPackage: a\n\n${SED}`, ['a@1', 'sed@4.9-1']],
    ['nothing at all', '', []],
  ])('%s', (_, text, expected) => {
    const { packages, diagnostics } = status(text);
    expect([labels(packages), diagnostics]).toEqual([expected, []]);
  });
});

describe('what is damaged is said and does not hide the rest', () => {
  it.each([
    ['no version', 'Package: a\nStatus: install ok installed\n', 'package-without-version'],
    ['no name', 'Package:\nVersion: 1\n', 'package-without-name'],
    ['lines that are no field', 'garbage\n\nmore\n', 'damaged-package-list'],
  ])('%s', (_, text, code) => {
    const { packages, diagnostics } = status(`${text}\n${SED}`);
    expect(labels(packages)).toEqual(['sed@4.9-1']);
    expect(diagnostics).toMatchObject([{ code, unknown: true, where: STATUS }]);
  });

  it('once a kind, however often', () => {
    const { diagnostics } = status('Package: a\n\nPackage: b\n\nPackage: c\n');
    expect(diagnostics.map((diagnostic) => diagnostic.message)).toEqual([
      'the package list of dpkg has an entry without a version at line 1 (a), and 2 more',
    ]);
  });

  it('but a removed package needs no version', () => {
    expect(status('Package: a\nStatus: purge ok not-installed\n').diagnostics).toEqual([]);
  });
});

describe('distroless: one file a package', () => {
  it('joins the package with its sums by the name of the file', () => {
    const entry = catalogFile(
      dpkg,
      'var/lib/dpkg/status.d/libc6',
      'Package: libc6\nMulti-Arch: same\nVersion: 2\n',
    );
    const sums = catalogFile(
      dpkg,
      'var/lib/dpkg/status.d/libc6.md5sums',
      'd41d8cd98f00b204e9800998ecf8427e  lib/x86_64-linux-gnu/libc.so.6\n0  ./usr/share/doc/with space\nbroken\n',
    );
    expect(labels(entry.packages)).toEqual(['libc6@2']);
    expect(sums.owned.get(entry.packages[0]?.ownerKey ?? '')).toEqual([
      'lib/x86_64-linux-gnu/libc.so.6',
      'usr/share/doc/with space',
    ]);
  });
});

describe('the files of a package', () => {
  it.each([
    ['sed.list', 'sed'],
    ['libc6:amd64.list', 'libc6:amd64'],
  ])('%s belong to %s', (file, key) => {
    const { owned } = catalogFile(dpkg, `var/lib/dpkg/info/${file}`, '/.\n/bin\n/bin/sed\n/.hidden\n');
    expect(owned).toEqual(new Map([[key, ['bin', 'bin/sed', '.hidden']]]));
  });

  it('may begin without the root', () => {
    expect(catalogFile(dpkg, 'var/lib/dpkg/info/a.list', '/.a\n/b').owned.get('a')).toEqual(['.a', 'b']);
  });
});

describe('hostile files', () => {
  it('never throw', () => {
    const path = fc.constantFrom(
      STATUS,
      'var/lib/dpkg/status.d/a',
      'var/lib/dpkg/status.d/a.md5sums',
      'var/lib/dpkg/info/a.list',
    );
    const line = fc
      .tuple(fc.constantFrom('Package: ', 'Version: ', 'Status: ', 'Source: a (', ' ', ''), fc.string())
      .map((part) => part.join(''));
    fc.assert(
      fc.property(path, fc.array(line, { maxLength: 30 }), (file, lines) => {
        catalogFile(dpkg, file, lines.join('\n'));
      }),
    );
  });

  it('are never told as fewer packages than they name', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,20}$/), { maxLength: 20 });
    fc.assert(
      fc.property(names, fc.constantFrom('\n', '\n\n', '\r\n\r\n'), (all, gap) => {
        const text = all.map((name) => `Package: ${name}\nVersion: 1\n`).join(gap);
        expect(status(text).packages.map((fact) => fact.name)).toEqual(all);
      }),
    );
  });

  it.each(['\n', 'a\n', 'a:\n', ' ', ':', 'Package:\n', 'Source: a ('])(
    'stay fast on many times %j',
    (piece) => {
      const began = performance.now();
      status(`${SED}${piece.repeat(1_000_000)}`);
      expect(performance.now() - began).toBeLessThan(4_000);
    },
  );
});
