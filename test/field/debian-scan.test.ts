import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportPackage, ScanReport } from '../../src/report/index.ts';
import { type DebianImage, debianImage, WORK } from './debian-images.ts';
import { pratique, tool } from './run.ts';

/**
 * Real images made from Debian's own archive, against what the tools that made them print: dpkg-query, pip, npm and
 * go are the oracles.
 */
describe.each(['bookworm', 'trixie'] as const)('the image of %s', (suite) => {
  let image: DebianImage;
  let report: ScanReport;
  const cache = join(WORK, 'cache', suite);

  beforeAll(async () => {
    image = debianImage(suite);
    rmSync(cache, { recursive: true, force: true });
    report = await packagesOf(`oci:${image.layout}:${suite}`, cache);
  });

  it('has the packages that dpkg-query lists: name, version, source, source version', () => {
    const fields = [
      'binary:Package',
      'Architecture',
      'Version',
      'source:Package',
      'source:Version',
      'db:Status-Status',
    ];
    const format = `${fields.map((field) => `\${${field}}`).join('\t')}\n`;
    const rows = tool('dpkg-query', ['--admindir', join(image.root, 'var/lib/dpkg'), '-W', '-f', format]);
    const expected = lines(rows)
      .map((row) => row.split('\t'))
      .filter((row) => row[5] === 'installed')
      .map(
        ([name = '', , version, source, sourceVersion]) =>
          `${name.split(':')[0]} ${version} ${source} ${sourceVersion}`,
      );
    const found = ofType(report, 'deb').map(
      (pkg) => `${pkg.name} ${pkg.version} ${pkg.source?.name} ${pkg.source?.version}`,
    );
    expect(expected.length).toBeGreaterThan(80);
    expect(found.sort()).toEqual(expected.sort());
  });

  it('has the Python packages that pip lists, and no other of its own', () => {
    const listed = ['usr/local/lib/python3/dist-packages', 'usr/lib/python3/dist-packages'].flatMap((path) =>
      (
        JSON.parse(tool('pip3', ['list', '--format', 'json', '--path', join(image.root, path)])) as {
          name: string;
          version: string;
        }[]
      ).map(({ name, version }) => `${name.toLowerCase().replace(/[-_.]+/g, '-')} ${version}`),
    );
    const found = ofType(report, 'pypi').map(
      (pkg) => `${pkg.name.toLowerCase().replace(/[-_.]+/g, '-')} ${pkg.version}`,
    );
    expect(listed.length).toBeGreaterThan(8);
    expect(found.sort()).toEqual(listed.sort());
  });

  it('marks the Python package that Debian ships as owned by it', () => {
    const owned = ofType(report, 'pypi').filter((pkg) => pkg.ownedBy !== null);
    expect(owned.map((pkg) => pkg.name)).toEqual(['six']);
    expect(owned[0]?.ownedBy).toMatch(/^pkg:deb\/debian\/python3-six@/);
  });

  it('has the npm packages that npm lists', () => {
    const tree = JSON.parse(
      tool('npm', ['ls', '--global', '--all', '--json', '--prefix', join(image.root, 'usr/local')]),
    );
    const found = ofType(report, 'npm').map(
      (pkg) => `${decodeURIComponent(pkg.purl.slice('pkg:npm/'.length))}`,
    );
    expect([...new Set(found)].sort()).toEqual([...new Set(npmNames(tree))].sort());
  });

  it('has the Go modules that go lists for the binary', () => {
    const text = tool('go', ['version', '-m', join(image.root, 'usr/local/bin/greet')]);
    const modules = [...text.matchAll(/^\tdep\t(\S+)\t(\S+)/gm)].map((match) => `${match[1]} ${match[2]}`);
    const toolchain = /: go(\S+)/.exec(text)?.[1];
    const found = ofType(report, 'golang').map((pkg) =>
      decodeURIComponent(pkg.purl.slice('pkg:golang/'.length)).replace('@', ' '),
    );
    expect(modules.length).toBe(2);
    for (const expected of [...modules, `stdlib ${toolchain}`]) expect(found).toContain(expected);
    expect(found.filter((name) => !name.startsWith('example.com/greet')).length).toBe(modules.length + 1);
  });

  it('knows which layer brought what', () => {
    expect(new Set(ofType(report, 'deb').map((pkg) => pkg.layer.index))).toEqual(new Set([0]));
    expect(new Set(ofType(report, 'npm').map((pkg) => pkg.layer.index))).toEqual(new Set([1]));
  });

  it('gives the same packages through every kind of input', async () => {
    const forms = await everyForm(image);
    const identity = (rows: readonly ReportPackage[]): string[] =>
      rows.map(({ purl, source, locations, ownedBy, layer }) =>
        JSON.stringify([purl, source, locations, ownedBy, layer.index]),
      );
    const wanted = identity(report.packages);
    for (const [form, input] of Object.entries(forms)) {
      const other = await packagesOf(input, cache);
      const got =
        form === 'rootfs'
          ? identity(other.packages.map((pkg) => ({ ...pkg, layer: layerOf(report, pkg) })))
          : identity(other.packages);
      expect(got, form).toEqual(wanted);
    }
  });

  it('scans it again from the cache with the same bytes', async () => {
    const again = await packagesOf(`oci:${image.layout}:${suite}`, cache);
    expect(again.packages).toEqual(report.packages);
    const fresh = await packagesOf(`oci:${image.layout}:${suite}`, undefined);
    expect(fresh.packages).toEqual(report.packages);
  });

  it('makes no network call with --offline: it runs in a network namespace without routes', async () => {
    const words = [
      'scan',
      `oci:${image.layout}:${suite}`,
      '--packages-only',
      '--offline',
      '--format',
      'json',
      '--no-cache',
    ];
    const run = await pratique(words, {
      wrap: [
        'unshare',
        '--net',
        '--map-root-user',
        'strace',
        '-f',
        '-qq',
        '-e',
        'trace=connect,sendto,sendmsg',
        '-o',
        join(WORK, 'trace'),
      ],
    });
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    const sockets = lines(readFileSync(join(WORK, 'trace'), 'utf8')).filter((row) =>
      /AF_INET|AF_INET6|AF_NETLINK/.test(row),
    );
    expect(sockets).toEqual([]);
  });
});

async function packagesOf(input: string, cache: string | undefined): Promise<ScanReport> {
  const run = await pratique([
    'scan',
    input,
    '--packages-only',
    '--format',
    'json',
    ...(cache === undefined ? ['--no-cache'] : ['--cache-dir', cache]),
  ]);
  expect(run.stderr, input).toBe('');
  expect(run.code, input).toBe(0);
  return JSON.parse(run.stdout);
}

async function everyForm(image: DebianImage): Promise<Record<string, string>> {
  const folder = join(WORK, image.suite, 'forms');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const from = `oci:${image.layout}:${image.suite}`;
  const [ociTar, dockerTar] = [join(folder, 'oci.tar'), join(folder, 'docker.tar')];
  tool('skopeo', ['copy', '--quiet', from, `oci-archive:${ociTar}`]);
  tool('skopeo', ['copy', '--quiet', from, `docker-archive:${dockerTar}:example.com/debian:${image.suite}`]);
  for (const path of [ociTar, dockerTar]) {
    tool('gzip', ['-1', '--keep', path]);
    tool('zstd', ['-q', '-1', '--keep', path]);
  }
  const moved = join(folder, 'without-a-telling-name');
  cpSync(`${dockerTar}.zst`, moved);
  return {
    'oci archive': ociTar,
    'oci archive, gzip': `${ociTar}.gz`,
    'oci archive, zstd': `${ociTar}.zst`,
    'docker archive': dockerTar,
    'docker archive, gzip': `${dockerTar}.gz`,
    'docker archive, zstd, no suffix': moved,
    rootfs: `rootfs:${image.root}`,
  };
}

function layerOf(report: ScanReport, pkg: ReportPackage): ReportPackage['layer'] {
  return (
    report.packages.find((other) => other.purl === pkg.purl && other.locations[0] === pkg.locations[0])
      ?.layer ?? pkg.layer
  );
}

function ofType(report: ScanReport, type: string): ReportPackage[] {
  return report.packages.filter((pkg) => pkg.type === type);
}

interface NpmTree {
  readonly version?: string;
  readonly dependencies?: Record<string, NpmTree>;
}

function npmNames(tree: NpmTree): string[] {
  return Object.entries(tree.dependencies ?? {}).flatMap(([name, child]) => [
    ...(child.version === undefined ? [] : [`${name}@${child.version}`]),
    ...npmNames(child),
  ]);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
