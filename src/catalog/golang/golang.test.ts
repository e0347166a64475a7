import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogFile, labels } from '../../../test/kit/catalog.ts';
import { framed, type GoProgram, goProgram, inlineInfo, MAGIC } from '../../../test/kit/go-program.ts';
import { golang } from './index.ts';

const MODULES = `path\texample.com/tool/cmd/tool
mod\texample.com/tool\tv1.4.0\th1:abc=
dep\tgolang.org/x/text\tv0.3.7\th1:def=
dep\tgithub.com/docker/cli\tv29.8.1+incompatible\th1:ghi=
build\t-ldflags="-s -w"
build\tCGO_ENABLED=0
build\tGOARCH=amd64
build\tGOOS=linux
build\tvcs.revision=0123abc
`;
const ALL = [
  'stdlib@1.22.3',
  'example.com/tool@v1.4.0',
  'golang.org/x/text@v0.3.7',
  'github.com/docker/cli@v29.8.1+incompatible',
];

const program = (options: GoProgram, chunkBytes?: number) =>
  catalogFile(golang, 'usr/bin/tool', goProgram(options), chunkBytes);
const modules = (lines: string) => program({ modules: lines });

describe('every format, in both kinds of build information', () => {
  const formats = ['elf64', 'elf32', 'elf64-big', 'pe64', 'pe32', 'macho64', 'macho32'] as const;
  it.each(formats.flatMap((format) => [false, true].map((pointers) => ({ format, pointers }))))(
    '%o',
    (options) => {
      const { packages, diagnostics } = program({ ...options, modules: MODULES });
      expect(labels(packages)).toEqual(ALL);
      expect(diagnostics).toEqual([]);
    },
  );

  it('a file for several architectures is read by its first', () => {
    expect(labels(program({ format: 'fat', modules: MODULES }).packages)).toEqual(ALL);
  });

  it.each([1, 7, 13, 14, 15, 16, 31, 512, 4096, 5000, 70_001])(
    'arriving in chunks of %i bytes',
    (chunkBytes) => {
      // Pushes the build information behind the first bytes, which are gathered anyway.
      const readOnly = Buffer.alloc(90_000);
      expect(labels(program({ modules: MODULES, readOnly }, chunkBytes).packages)).toEqual(ALL);
      expect(labels(program({ modules: MODULES, readOnly, pointers: true }, chunkBytes).packages)).toEqual(
        ALL,
      );
    },
  );
});

describe('what is told of each package', () => {
  it('the standard library, the main module, a dependency', () => {
    const [stdlib, main, dependency] = modules(MODULES).packages;
    const build = { GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', 'vcs.revision': '0123abc' };
    expect(stdlib).toEqual({
      type: 'golang',
      name: 'stdlib',
      version: '1.22.3',
      details: { goVersion: 'go1.22.3', mainModule: 'example.com/tool', build },
    });
    expect(main).toEqual({
      type: 'golang',
      namespace: 'example.com',
      name: 'tool',
      version: 'v1.4.0',
      details: { main: true, build },
    });
    expect(dependency).toEqual({
      type: 'golang',
      namespace: 'golang.org/x',
      name: 'text',
      version: 'v0.3.7',
      details: { mainModule: 'example.com/tool' },
    });
  });

  it.each([
    ['go1.20.12 (Red Hat 1.20.12-2.el9)', '1.20.12'],
    ['go1.22.3 X:boringcrypto', '1.22.3'],
    ['go1.21rc2', '1.21rc2'],
  ])('a toolchain that calls itself %j has version %s', (goVersion, version) => {
    expect(program({ goVersion, modules: MODULES }).packages[0]).toMatchObject({
      version,
      details: { goVersion },
    });
  });

  it('an unreleased toolchain has no version, and that is said', () => {
    const { packages, diagnostics } = program({ goVersion: 'devel go1.23-a1b2c3 Thu Feb 1' });
    expect(labels(packages)).toEqual(['stdlib@']);
    expect(diagnostics).toMatchObject([{ code: 'package-without-version', unknown: true }]);
  });

  it('a program without modules has its standard library only', () => {
    expect(labels(program({}).packages)).toEqual(['stdlib@1.22.3']);
    const old = goProgram({ pointers: true });
    expect(labels(catalogFile(golang, 'usr/bin/x', old).packages)).toEqual(['stdlib@1.22.3']);
    old.writeBigUInt64LE(0n, old.indexOf(MAGIC) + 24);
    expect(labels(catalogFile(golang, 'usr/bin/x', old).packages)).toEqual(['stdlib@1.22.3']);
  });

  it('a main module from a checkout has no version; that is told without making the result unknown', () => {
    const { packages, diagnostics } = modules('path\ta\nmod\texample.com/a\t(devel)\t\n');
    expect(packages[1]).toMatchObject({ name: 'a', version: '', details: { main: true, devel: true } });
    expect(diagnostics).toMatchObject([{ code: 'go-module-without-version', unknown: false }]);
  });

  it('what replace put in place of a module is what is inside', () => {
    const { packages } = modules('dep\tgolang.org/x/a\tv1.0.0\n=>\tgithub.com/fork/a\tv1.0.1\th1:x=\n');
    expect(packages[1]).toMatchObject({
      namespace: 'github.com/fork',
      name: 'a',
      version: 'v1.0.1',
      details: { replaces: 'golang.org/x/a@v1.0.0' },
    });
  });

  it.each(['./a', '../a', '/src/a', 'C:\\src\\a', '.', '..'])(
    'but the folder %s has no name of its own',
    (folder) => {
      const { packages } = modules(`dep\tgolang.org/x/a\tv1.0.0\n=>\t${folder}\t(devel)\t\n`);
      expect(packages[1]).toMatchObject({
        namespace: 'golang.org/x',
        version: 'v1.0.0',
        details: { replacedBy: folder },
      });
    },
  );

  it('damaged lines are said, the others kept', () => {
    const { packages, diagnostics } = modules(
      'dep\tonly-a-path\n=>\tx\tv1\th1:\ndep\tgolang.org/x/a\tv1.0.0\n',
    );
    expect(labels(packages)).toEqual(['stdlib@1.22.3', 'golang.org/x/a@v1.0.0']);
    expect(diagnostics).toMatchObject([{ code: 'go-build-info-unreadable', unknown: true }]);
  });
});

describe('the magic among the texts of a program misleads nobody', () => {
  const decoy = inlineInfo('go1.1.1', framed('dep\tdecoy.example\tv1.0.0\n'));

  it('a program carried in the read-only data of another', () => {
    expect(labels(program({ modules: MODULES, readOnly: decoy }).packages)).toEqual(ALL);
  });

  it.each([
    ['not aligned', Buffer.concat([Buffer.alloc(3), decoy])],
    ['without a version', inlineInfo('nonsense', Buffer.alloc(0))],
    ['with a version of control characters', inlineInfo('go1\0\u0001', Buffer.alloc(0))],
    [
      'with an endless length',
      Buffer.concat([MAGIC, Buffer.from([8, 2]), Buffer.alloc(16), Buffer.alloc(16, 0xff)]),
    ],
    ['with addresses that lead nowhere', Buffer.concat([MAGIC, Buffer.from([8, 0]), Buffer.alloc(16, 0xee)])],
    ['with addresses of an impossible width', Buffer.concat([MAGIC, Buffer.from([3, 0]), Buffer.alloc(16)])],
  ])('%s', (_, before) => {
    expect(labels(program({ modules: MODULES, before }).packages)).toEqual(ALL);
    expect(labels(program({ modules: MODULES, before, pointers: true }).packages)).toEqual(ALL);
  });
});

describe('what is no Go program is nothing', () => {
  it.each([
    ['a C program', goProgram({ note: false }).subarray(0, 0x1000)],
    ['an object file', withByte(goProgram(), 16, 1)],
    ['text', Buffer.from('MZ is how this text begins')],
    ['a Java class', Buffer.from('cafebabe00000041000000000000000000000000', 'hex')],
    ['nothing', Buffer.alloc(0)],
    ['a magic alone', Buffer.from('\x7fELF', 'latin1')],
  ])('%s', (_, bytes) => {
    const { packages, diagnostics } = catalogFile(golang, 'usr/bin/x', bytes);
    expect([packages, diagnostics]).toEqual([[], []]);
  });
});

describe('a Go program that does not tell is unknown, not empty', () => {
  const elf = goProgram({ modules: MODULES });
  const place = elf.indexOf(MAGIC);

  it.each([
    ['its build information is gone', withByte(elf, place, 0)],
    ['its addresses lead nowhere', withBytes(goProgram({ pointers: true }), place, 16, 0xee)],
    ['it ends too early', elf.subarray(0, place + 100)],
    [
      'it has no note and ends too early',
      goProgram({ modules: MODULES, note: false }).subarray(0, place + 100),
    ],
  ])('%s', (_, bytes) => {
    const { packages, diagnostics } = catalogFile(golang, 'usr/bin/x', bytes);
    expect(packages).toEqual([]);
    expect(diagnostics).toMatchObject([
      { code: 'go-build-info-unreadable', unknown: true, where: 'usr/bin/x' },
    ]);
  });

  it('nor is one that a packer hides', () => {
    const packed = goProgram({ note: false }).fill('UPX!', 0xec, 0xf0);
    expect(catalogFile(golang, 'usr/bin/x', packed).diagnostics).toMatchObject([
      { code: 'packed-program', unknown: true },
    ]);
  });

  it('nor one whose writable data is full of false places', () => {
    const before = Buffer.concat(
      Array.from({ length: 1_000 }, () => Buffer.concat([MAGIC, Buffer.from([8, 2])])),
    );
    const { packages, diagnostics } = program({ modules: MODULES, before, note: false });
    expect(packages).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'go-build-info-unreadable', unknown: true }]);
  });
});

it('finds the build information where the headers lie behind the first bytes', () => {
  const elf = goProgram({ modules: MODULES });
  const moved = Buffer.from(elf);
  moved.writeBigUInt64LE(BigInt(2 ** 31), 32);
  expect(labels(catalogFile(golang, 'usr/bin/x', moved).packages)).toEqual(ALL);
});

describe('hostile programs', () => {
  it('never throw, whatever byte is changed', () => {
    const formats = fc.constantFrom('elf64', 'elf32', 'pe64', 'macho64', 'fat');
    const changes = fc.array(fc.tuple(fc.nat(0x2400), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(
        formats,
        fc.boolean(),
        changes,
        fc.integer({ min: 1, max: 9_000 }),
        (format, pointers, all, chunk) => {
          const bytes = goProgram({ format, pointers, modules: MODULES });
          for (const [at, value] of all) bytes[at % bytes.length] = value;
          catalogFile(golang, 'usr/bin/x', bytes, chunk);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stay fast and small with a header that claims the whole address space', () => {
    const bytes = Buffer.concat([goProgram({ modules: MODULES }), Buffer.alloc(32 * 1024 * 1024)]);
    for (let entry = 0; entry < 2; entry += 1) {
      const at = 64 + entry * 56;
      bytes.writeUInt32LE(6, at + 4);
      bytes.writeBigUInt64LE(0n, at + 8);
      bytes.writeBigUInt64LE(2n ** 64n - 1n, at + 32);
    }
    const began = performance.now();
    catalogFile(golang, 'usr/bin/x', bytes);
    expect(performance.now() - began).toBeLessThan(4_000);
  });
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  return withBytes(bytes, at, 1, value);
}

function withBytes(bytes: Buffer, at: number, count: number, value: number): Buffer {
  return Buffer.from(bytes).fill(value, at + (count > 1 ? 16 : 0), at + count + (count > 1 ? 16 : 0));
}
