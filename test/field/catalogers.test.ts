import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { apk } from '../../src/catalog/apk/index.ts';
import { CATALOGERS } from '../../src/catalog/catalogers.ts';
import { dpkg } from '../../src/catalog/dpkg/index.ts';
import { npm } from '../../src/catalog/npm/index.ts';
import { osRelease } from '../../src/catalog/os-release/index.ts';
import { parseOsRelease } from '../../src/catalog/os-release/parse.ts';
import { python } from '../../src/catalog/python/index.ts';
import type { PackageFact } from '../../src/model/index.ts';
import { catalogFile, labels } from '../kit/catalog.ts';
import { catalogFolder } from './catalog-folder.ts';
import { countOf } from './counts.ts';
import { fixtures, txtar } from './fixtures.ts';
import { tool } from './run.ts';
import { hasShared } from './shared.ts';

const STATUS = 'var/lib/dpkg/status';
const temporary = (name: string) => mkdtempSync(join(tmpdir(), `pratique-${name}-`));

describe.skipIf(!hasShared)('os-release', () => {
  it.each(['OpenSUSe', 'Alpine', 'DistrolessCorrupt', 'EmptyKey'])('%s reads as a peer reads it', (name) => {
    const files = txtar(
      readFileSync(join(fixtures('quay+claircore'), `osrelease/testdata/${name}.txtar`), 'utf8'),
    );
    const read = Object.fromEntries(parseOsRelease(files.get('os-release') ?? ''));
    expect(read).toEqual(JSON.parse(files.get('Parsed') ?? ''));
  });

  it('of every Ubuntu release has its version', () => {
    const releases = join(fixtures('quay+claircore'), 'ubuntu/testdata/dist');
    // `11` is a Debian among them.
    const named = readdirSync(releases).filter(
      (name) => name !== '11' && existsSync(join(releases, name, 'etc/os-release')),
    );
    const read = named.map((name) => {
      const bytes = readFileSync(join(releases, name, 'etc/os-release'));
      const distro = catalogFile(osRelease, 'etc/os-release', bytes).distros[0];
      return [distro?.id, distro?.versionId?.startsWith(name)];
    });
    expect(read.length).toBeGreaterThan(15);
    expect(new Set(read.map(String))).toEqual(new Set(['ubuntu,true']));
  });
});

describe('dpkg', () => {
  it('a whole machine: what dpkg-query lists', () => {
    const read = catalogFile(dpkg, STATUS, readFileSync('/var/lib/dpkg/status'));
    expect(rowsOf(read.packages)).toEqual(dpkgRows('/var/lib/dpkg'));
    expect(read.packages.length).toBeGreaterThan(100);
    expect(read.diagnostics).toEqual([]);
  });

  it('the files of every package: what dpkg-query lists', () => {
    const info = '/var/lib/dpkg/info';
    const owned = new Map<string, string[]>();
    for (const name of readdirSync(info).filter((one) => one.endsWith('.list'))) {
      const read = catalogFile(dpkg, `var/lib/dpkg/info/${name}`, readFileSync(join(info, name)));
      for (const [key, paths] of read.owned) owned.set(key, paths);
    }
    const { packages } = catalogFile(dpkg, STATUS, readFileSync('/var/lib/dpkg/status'));
    expect(packages.filter((fact) => !owned.has(fact.ownerKey ?? '')).map((fact) => fact.name)).toEqual([]);
    for (const fact of packages.slice(0, 60)) {
      const listed = tool('dpkg-query', ['-L', `${fact.name}:${fact.qualifiers?.['arch']}`]).split('\n');
      const paths = listed
        .filter((line) => line.startsWith('/') && line !== '/.')
        .map((line) => line.slice(1));
      expect(owned.get(fact.ownerKey ?? '')).toEqual(paths);
    }
  });

  it.skipIf(!hasShared)('a status file of a peer: what dpkg-query lists', () => {
    const path = join(fixtures('quay+claircore'), 'dpkg/testdata/postgresql.status');
    const admin = temporary('dpkg');
    mkdirSync(join(admin, 'info'));
    mkdirSync(join(admin, 'updates'));
    copyFileSync(path, join(admin, 'status'));
    expect(rowsOf(catalogFile(dpkg, STATUS, readFileSync(path)).packages)).toEqual(dpkgRows(admin));
  });

  it.skipIf(!hasShared).each([
    ['valid', 90, undefined],
    ['corrupsed', 5, 'package-without-version'],
    ['digest', 2, undefined],
    ['md5sums', 1, undefined],
    ['only-apt', 1, undefined],
  ])('%s.txtar, which dpkg itself may refuse to read', (name, count, code) => {
    const folder = join(fixtures('aquasecurity+trivy'), 'pkg/fanal/analyzer/pkg/dpkg/testdata');
    const text = txtar(readFileSync(join(folder, `${name}.txtar`), 'utf8')).get(STATUS) ?? '';
    const { packages, diagnostics } = catalogFile(dpkg, STATUS, text);
    expect(packages).toHaveLength(count);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(code === undefined ? [] : [code]);
  });

  it.skipIf(!hasShared)('an entry with an empty name is said, the next one is read', () => {
    const folder = join(fixtures('anchore+syft'), 'syft/pkg/cataloger/debian/testdata/glob-paths');
    const read = catalogFile(dpkg, 'usr/lib/dpkg/status', readFileSync(join(folder, 'usr/lib/dpkg/status')));
    expect(labels(read.packages)).toEqual(['libpam-runtime@1.1.8-3.6']);
    expect(read.diagnostics).toMatchObject([{ code: 'package-without-name', unknown: true }]);
  });
});

describe.skipIf(!hasShared)('apk', () => {
  it('the database of alpine:3.10: the names and origins that a peer lists', () => {
    const trivy = fixtures('aquasecurity+trivy');
    const folder = temporary('alpine');
    tool('tar', ['-xzf', join(trivy, 'pkg/fanal/test/testdata/alpine-310.tar.gz'), '-C', folder]);
    const layers: { Layers: string[] }[] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    tool('tar', ['-xf', join(folder, layers[0]?.Layers[0] ?? ''), '-C', folder, 'lib/apk/db/installed']);
    const read = catalogFile(apk, 'lib/apk/db/installed', readFileSync(join(folder, 'lib/apk/db/installed')));
    const golden = 'pkg/fanal/test/integration/testdata/goldens/packages/alpine-310.json.golden';
    const listed: { Name: string; SrcName: string; Arch: string }[] = JSON.parse(
      readFileSync(join(trivy, golden), 'utf8'),
    );
    expect(
      read.packages.map((fact) => [fact.name, fact.source?.name, fact.qualifiers?.['arch']]).sort(),
    ).toEqual(listed.map((row) => [row.Name, row.SrcName, row.Arch]).sort());
    expect(read.owned.get('busybox')).toContain('bin/busybox');
    expect(read.diagnostics).toEqual([]);
  });

  it.each([
    [
      'google+osv-scalibr',
      'extractor/filesystem/os/apk/testdata/single',
      'alpine-baselayout-data@3.4.3-r1',
      0,
    ],
    ['google+osv-scalibr', 'extractor/filesystem/os/apk/testdata/invalid', '', 1],
    ['anchore+syft', 'syft/pkg/cataloger/alpine/testdata/single', 'musl-utils@1.1.24-r2', 0],
    [
      'anchore+syft',
      'syft/pkg/cataloger/alpine/testdata/corrupt/lib/apk/db/installed',
      'alpine-baselayout-data@3.2.0-r22',
      1,
    ],
    ['aquasecurity+trivy', 'pkg/fanal/artifact/vm/testdata/alpine/lib/apk/db/installed', 'musl@1.2.3-r5', 0],
  ])('%s %s', (peer, path, label, problems) => {
    const read = catalogFile(apk, 'lib/apk/db/installed', readFileSync(join(fixtures(peer), path)));
    expect(labels(read.packages).join()).toBe(label);
    expect(read.diagnostics).toHaveLength(problems);
  });
});

describe('python', () => {
  it('every folder of packages of this machine: what pip lists', () => {
    const folders = JSON.parse(
      tool('python3', ['-c', 'import json,site;print(json.dumps(site.getsitepackages()))']),
    );
    for (const folder of [...folders, '/usr/lib/python3/dist-packages'].filter((one) => existsSync(one))) {
      const facts = catalogFolder(folder).filter(({ cataloger }) => cataloger === 'python');
      const own = facts.filter(({ path }) => path.split('/').length <= 2).flatMap(({ packages }) => packages);
      const listed: { name: string; version: string }[] = JSON.parse(
        tool('python3', [
          '-m',
          'pip',
          'list',
          '--format',
          'json',
          '--disable-pip-version-check',
          '--path',
          folder,
        ]),
      );
      const normalized = listed.map(
        ({ name, version }) => `${name.toLowerCase().replace(/[-_.]+/g, '-')}@${version}`,
      );
      expect([...new Set(labels(own))].sort()).toEqual([...new Set(normalized)].sort());
      expect(facts.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
    }
  });

  it.skipIf(!hasShared).each([
    [
      'aquasecurity+trivy',
      'pkg/dependency/parser/python/packaging/testdata/setuptools-51.3.3-py3.8.egg-info.PKG-INFO',
      'setuptools@51.3.3',
    ],
    [
      'aquasecurity+trivy',
      'pkg/dependency/parser/python/packaging/testdata/distlib-0.3.1.METADATA',
      'distlib@0.3.1',
    ],
    [
      'aquasecurity+trivy',
      'pkg/dependency/parser/python/packaging/testdata/distlib-0.3.1-py3.9.egg-info',
      'distlib@0.3.1',
    ],
    [
      'aquasecurity+trivy',
      'pkg/dependency/parser/python/packaging/testdata/unidecode-egg-info.PKG-INFO',
      'unidecode@0.4.1',
    ],
    [
      'anchore+syft',
      'syft/pkg/cataloger/python/testdata/site-packages/partial.dist-info/METADATA',
      'pygments@2.6.1',
    ],
    ['anchore+syft', 'syft/pkg/cataloger/python/testdata/Python-2.7.egg-info', 'python@2.7.13'],
    [
      'anchore+syft',
      'syft/pkg/cataloger/python/testdata/site-packages/no-version/no-version-py3.8.egg-info',
      '',
    ],
    ['google+osv-scalibr', 'extractor/filesystem/language/python/wheelegg/testdata/egginfo', 'pycups@2.0.1'],
    [
      'google+osv-scalibr',
      'extractor/filesystem/language/python/wheelegg/testdata/pkginfo',
      'httplib2@0.20.4',
    ],
    ['google+osv-scalibr', 'extractor/filesystem/language/python/wheelegg/testdata/empty', ''],
  ])('%s %s', (peer, path, label) => {
    const read = catalogFile(python, 'x.dist-info/METADATA', readFileSync(join(fixtures(peer), path)));
    expect(labels(read.packages).join()).toBe(label);
    expect(read.diagnostics).toHaveLength(label === '' ? 1 : 0);
  });
});

describe('npm', () => {
  let prefix = '';
  beforeAll(() => {
    prefix = temporary('npm');
    const words = ['install', '-g', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', prefix];
    tool('npm', [...words, 'express@4.18.2', '@types/node@20.10.0', 'width@npm:string-width@4.2.3']);
  });

  it('globally installed packages: what npm lists', () => {
    const facts = catalogFolder(prefix).filter(({ cataloger }) => cataloger === 'npm');
    const listed = npmLabels(JSON.parse(tool('npm', ['ls', '-g', '--all', '--json', '--prefix', prefix])));
    const read = facts.flatMap(({ packages }) => packages);
    const byFolder = read.map((fact) => {
      const alias = fact.details?.['alias'];
      return alias === undefined ? labels([fact])[0] : `${alias}@${fact.version}`;
    });
    expect([...new Set(byFolder)].sort()).toEqual(listed);
    expect(labels(read)).toContain('string-width@4.2.3');
    expect(facts.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  });

  it.skipIf(!hasShared).each([
    ['integration/testdata/fixtures/repo/npm', 6],
    ['integration/testdata/fixtures/repo/pnpm', 2],
    ['pkg/fanal/analyzer/language/nodejs/bun/testdata/happy', 6],
    ['pkg/fanal/analyzer/language/nodejs/license/testdata/happy', 6],
  ])('%s has %i packages', (path, count) => {
    const facts = catalogFolder(fixtures('aquasecurity+trivy'), path).filter(
      ({ cataloger }) => cataloger === 'npm',
    );
    expect(facts.flatMap(({ packages }) => packages)).toHaveLength(count);
    expect(facts.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  });

  it.skipIf(!hasShared)('a broken package.json is said', () => {
    const path = 'syft/pkg/cataloger/javascript/testdata/corrupt/package.json';
    const read = catalogFile(
      npm,
      'node_modules/a/package.json',
      readFileSync(join(fixtures('anchore+syft'), path)),
    );
    expect(read.diagnostics).toMatchObject([{ code: 'unreadable-file' }]);
  });
});

describe.skipIf(!hasShared)('real files with damage', () => {
  it('never throw and stay fast', () => {
    const peers = ['aquasecurity+trivy', 'anchore+syft', 'google+osv-scalibr', 'quay+claircore'];
    const contents = peers.flatMap((peer) => contentsOf(fixtures(peer)));
    const paths = [
      STATUS,
      'lib/apk/db/installed',
      'etc/os-release',
      'node_modules/a/package.json',
      'a.dist-info/METADATA',
      'a',
    ];
    const random = randomNumbers(20_260_822);
    let slowest = 0;
    for (let run = 0; run < countOf('mutatedCatalogFiles'); run += 1) {
      const bytes = damaged(contents[random(contents.length)] ?? Buffer.alloc(0), random);
      const began = performance.now();
      for (const cataloger of CATALOGERS) {
        for (const path of paths) catalogFile(cataloger, path, bytes, 1 + random(100_000));
      }
      slowest = Math.max(slowest, performance.now() - began);
    }
    expect(slowest).toBeLessThan(3_000);
  });
});

/** Real files for the catalogers: package lists, metadata, and the first 600 KB of Go programs. */
function contentsOf(folder: string): Buffer[] {
  const names = tool('find', [
    folder,
    '-type',
    'f',
    '(',
    '-name',
    '*installed*',
    '-o',
    '-name',
    '*status*',
    '-o',
    '-name',
    '*release*',
    '-o',
    '-name',
    'package.json',
    '-o',
    '-name',
    '*INFO*',
    '-o',
    '-name',
    '*METADATA*',
    '-o',
    '-path',
    '*binary*',
    '-o',
    '-path',
    '*dpkg*',
    ')',
  ]);
  return names
    .trimEnd()
    .split('\n')
    .map((path) => readFileSync(path).subarray(0, 600_000));
}

/** Some bytes changed, a piece repeated or cut out. */
function damaged(bytes: Buffer, random: (below: number) => number): Buffer {
  const out = Buffer.from(bytes);
  for (let left = random(50); left > 0 && out.length > 0; left -= 1) out[random(out.length)] = random(256);
  const [a, b] = [random(out.length + 1), random(out.length + 1)].sort((x, y) => x - y) as [number, number];
  return random(2) === 0
    ? Buffer.concat([out.subarray(0, b), out.subarray(a)])
    : Buffer.concat([out.subarray(0, a), out.subarray(b)]);
}

/** The same numbers in every run. Source: Numerical Recipes, linear congruential generator. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Name, architecture, version, source and its version, sorted. */
function rowsOf(packages: readonly PackageFact[]): string[] {
  return packages
    .map((fact) =>
      [fact.name, fact.qualifiers?.['arch'], fact.version, fact.source?.name, fact.source?.version].join(' '),
    )
    .sort();
}

function dpkgRows(admin: string): string[] {
  const format =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the format of dpkg-query.
    '${db:Status-Status}\t${Package} ${Architecture} ${Version} ${source:Package} ${source:Version}\n';
  const rows = tool('dpkg-query', ['--admindir', admin, '-W', '-f', format]).trimEnd().split('\n');
  const there = rows
    .map((row) => row.split('\t'))
    .filter(([state]) => state !== 'config-files' && state !== 'not-installed');
  return there.map(([, row]) => row ?? '').sort();
}

interface NpmTree {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, NpmTree>>;
}

/** `name@version` of every package below, each once, sorted. */
function npmLabels(root: NpmTree): string[] {
  const all = new Set<string>();
  const open = [root];
  for (let tree = open.pop(); tree !== undefined; tree = open.pop()) {
    for (const [name, child] of Object.entries(tree.dependencies ?? {})) {
      if (child.version !== undefined) all.add(`${name}@${child.version}`);
      open.push(child);
    }
  }
  return [...all].sort();
}
