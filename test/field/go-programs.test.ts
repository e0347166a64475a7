import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { golang } from '../../src/catalog/golang/index.ts';
import { type Collected, catalogFile, labels } from '../kit/catalog.ts';
import { fixtures } from './fixtures.ts';
import { tool } from './run.ts';
import { hasShared } from './shared.ts';

interface GoModule {
  readonly Path: string;
  readonly Version?: string;
  readonly Replace?: GoModule;
}

interface BuildInfo {
  readonly GoVersion: string;
  /** Without a path where the program was built from files or without modules. */
  readonly Main: Partial<GoModule>;
  readonly Deps?: readonly GoModule[];
  readonly Settings?: readonly { readonly Key: string; readonly Value?: string }[];
}

const read = (path: string): Collected => catalogFile(golang, path.slice(1), readFileSync(path));

/** What `go version -m` says of a program: undefined when it says that it is none. */
function asked(path: string): BuildInfo | undefined {
  const text = tool('sh', ['-c', 'go version -m -json "$0" 2>/dev/null || true', path]);
  return text.trim() === '' ? undefined : JSON.parse(text);
}

function expected(info: BuildInfo): string[] {
  const modules = [info.Main, ...(info.Deps ?? [])];
  const inside = modules.flatMap((module) => {
    if (module.Path === undefined) return [];
    const { Path, Version = '' } =
      module.Replace?.Path.startsWith('.') === true ? module : (module.Replace ?? module);
    return `${Path}@${Version === '(devel)' ? '' : Version}`;
  });
  return [`stdlib@${info.GoVersion.replace(/^go/, '').replace(/ .*/, '')}`, ...inside];
}

function compare(path: string): Collected {
  const info = asked(path);
  const found = read(path);
  expect(labels(found.packages)).toEqual(info === undefined ? [] : expected(info));
  if (info === undefined) return found;
  const build = found.packages[0]?.details?.['build'] as Record<string, string> | undefined;
  for (const { Key, Value = '' } of info.Settings ?? [])
    if (build !== undefined && Key in build) expect(build[Key]).toBe(Value);
  return found;
}

describe('programs of many kinds, built here: what go version -m lists', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pratique-go-'));
  const plain = join(folder, 'plain');
  const withModules = join(folder, 'modules');

  beforeAll(() => {
    mkdirSync(join(withModules, 'local'), { recursive: true });
    mkdirSync(plain);
    writeFileSync(join(plain, 'main.go'), 'package main\n\nfunc main() { println("plain") }\n');
    writeFileSync(join(plain, 'go.mod'), 'module example.com/plain\n\ngo 1.22\n');
    writeFileSync(join(withModules, 'local/local.go'), 'package local\n\nconst Name = "local"\n');
    writeFileSync(join(withModules, 'local/go.mod'), 'module example.com/local\n\ngo 1.22\n');
    const imports = '"example.com/local"\n\t"golang.org/x/text/language"';
    const body = 'func main() { println(local.Name, language.English.String()) }';
    writeFileSync(join(withModules, 'main.go'), `package main\n\nimport (\n\t${imports}\n)\n\n${body}\n`);
    const required = 'require (\n\texample.com/local v1.2.3\n\tgolang.org/x/text v0.3.7\n)';
    const replaced = 'replace example.com/local => ./local';
    writeFileSync(
      join(withModules, 'go.mod'),
      `module example.com/Tool/v2\n\ngo 1.22\n\n${required}\n\n${replaced}\n`,
    );
    tool('go', ['mod', 'tidy'], { cwd: withModules });
  });

  const usual = ['linux/amd64', 'linux/arm64', 'windows/amd64', 'darwin/arm64'];
  const ways = [[], ['-ldflags', '-s -w'], ['-trimpath', '-ldflags', '-s -w -buildid=']];
  const builds = [
    ...usual.flatMap((platform) => ways.map((words) => ({ platform, words }))),
    // 32 bits, and the other byte order.
    ...['linux/386', 'linux/s390x', 'windows/386'].map((platform) => ({
      platform,
      words: ['-ldflags', '-s -w'],
    })),
  ];

  it.each(builds)('$platform $words', ({ platform, words }) => {
    const [GOOS = '', GOARCH = ''] = platform.split('/');
    for (const cwd of [plain, withModules]) {
      const output = join(folder, `${GOOS}-${GOARCH}`);
      tool('go', ['build', ...words, '-o', output, '.'], { cwd, env: { GOOS, GOARCH, CGO_ENABLED: '0' } });
      const { packages, diagnostics } = compare(output);
      expect(packages).toHaveLength(cwd === plain ? 2 : 4);
      expect(diagnostics.map(({ code, unknown }) => `${code} ${unknown}`)).toEqual([
        'go-module-without-version false',
      ]);
    }
  });

  it.each([['-buildmode=pie'], ['-buildmode=c-shared'], ['-ldflags=-linkmode=external -s -w']])(
    'linked by the C compiler, %s',
    (word) => {
      const output = join(folder, 'linked');
      tool('go', ['build', word, '-o', output, '.'], { cwd: withModules, env: { CGO_ENABLED: '1' } });
      expect(compare(output).packages).toHaveLength(4);
    },
  );

  it('without modules', () => {
    const output = join(folder, 'file');
    tool('go', ['build', '-o', output, 'main.go'], { cwd: plain, env: { GO111MODULE: 'off' } });
    expect(compare(output).packages).toHaveLength(1);
  });

  it('with its headers at the end, where patchelf moves them', () => {
    const output = join(folder, 'moved');
    tool('go', ['build', '-o', output, '.'], { cwd: withModules, env: { CGO_ENABLED: '0' } });
    const bytes = readFileSync(output);
    const table = bytes.subarray(64, 64 + 56 * bytes.readUInt16LE(56));
    bytes.writeBigUInt64LE(BigInt(bytes.length), 32);
    writeFileSync(output, Buffer.concat([bytes, table]));
    expect(compare(output).packages).toHaveLength(4);
  });
});

describe.skipIf(!hasShared)('programs of peers: what go version -m lists', () => {
  const all = [
    ['aquasecurity+trivy', 'pkg/dependency/parser/golang/binary/testdata'],
    ['aquasecurity+trivy', 'pkg/fanal/analyzer/language/golang/binary/testdata'],
    ['google+osv-scalibr', 'extractor/filesystem/language/golang/gobinary/testdata'],
  ] as const;

  it.each(all)('%s %s', (peer, path) => {
    const folder = join(fixtures(peer), path);
    for (const name of readdirSync(folder)) if (existsSync(join(folder, name))) compare(join(folder, name));
  });
});

describe('programs of this machine: what go version -m lists', () => {
  const root = tool('go', ['env', 'GOROOT']).trim();
  const folders = [
    '/usr/bin',
    '/usr/lib/x86_64-linux-gnu',
    join(root, 'bin'),
    join(root, 'pkg/tool/linux_amd64'),
  ];

  it.each(folders)('%s', (folder) => {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const large = names
      .map((name) => join(folder, name))
      .filter((path) => existsSync(path) && isLargeFile(path));
    const text = tool('sh', ['-c', 'go version "$@" 2>/dev/null || true', 'sh', ...large]);
    const programs = new Set(text.split('\n').map((line) => line.slice(0, line.lastIndexOf(': '))));
    for (const path of large) {
      if (programs.has(path)) compare(path);
      else expect([path, read(path).packages, read(path).diagnostics]).toEqual([path, [], []]);
    }
    expect(large.length).toBeGreaterThan(0);
  });
});

function isLargeFile(path: string): boolean {
  const found = statSync(path);
  return found.isFile() && found.size >= 256 * 1024;
}
