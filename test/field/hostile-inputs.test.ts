import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/report/index.ts';
import {
  type FileMap,
  layerOf,
  layoutFiles,
  makeImage,
  makeLayer,
  sha256,
  type TestImage,
  type TestLayer,
  writeFiles,
} from '../kit/images.ts';
import { type Fault, type RegistryOptions, startRegistry } from '../kit/registry.ts';
import { type TarMember, writeTar } from '../kit/tar.ts';
import { type WatchedRun, watched } from './run.ts';

/**
 * Hostile images and registries through the real command line: each ends in a typed error or in an honest result, in
 * bounded time and memory; none crashes, none gives an empty list that looks clean.
 */
const folder = mkdtempSync(join(tmpdir(), 'pratique-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RSS_MB = 300;
const base = makeLayer([
  { path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
  {
    path: 'var/lib/dpkg/status',
    content: 'Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n',
  },
]);
const tar = writeTar([{ path: 'file', content: 'x'.repeat(100_000) }]);

interface Case {
  readonly layers?: readonly TestLayer[];
  readonly image?: TestImage;
  /** Changes the layout's files after they were made. */
  readonly spoil?: (files: FileMap) => void;
  /** The error's code; absent where the scan must succeed and find the package of the base layer. */
  readonly error?: string;
  readonly code?: number;
}

const CASES: Record<string, Case> = {
  'truncated gzip': {
    layers: [base, stored(gzipSync(tar).subarray(0, 60), '+gzip')],
    error: 'INPUT_INVALID',
  },
  'corrupt gzip': { layers: [base, stored(spoilt(gzipSync(noise())), '+gzip')], error: 'INPUT_INVALID' },
  'truncated zstd': {
    layers: [base, stored(zstdCompressSync(tar).subarray(0, 40), '+zstd')],
    error: 'INPUT_INVALID',
  },
  'corrupt zstd': { layers: [base, stored(spoilt(checked(noise())), '+zstd')], error: 'INPUT_INVALID' },
  'a layer that is no tar': {
    layers: [base, stored(Buffer.from('hello '.repeat(500)), '')],
    error: 'INPUT_INVALID',
  },
  'a tar that ends inside a member': {
    layers: [base, layerOf(tar.subarray(0, 50_000))],
    error: 'INPUT_INVALID',
  },
  bzip2: { layers: [base, stored(Buffer.from('BZh91AY&SY'.padEnd(600, 'x')), '')], error: 'UNSUPPORTED' },
  'a path that climbs out': {
    layers: [base, made([{ path: '../../etc/passwd', content: 'x' }])],
    error: 'INPUT_INVALID',
  },
  'a PAX header that claims 4 GB': {
    layers: [base, layerOf(paxClaim(4 * 1024 ** 3))],
    error: 'LIMIT_EXCEEDED',
  },
  'device files, fifos, link cycles': {
    layers: [
      base,
      made([
        { path: 'dev/sda', type: 'device' },
        { path: 'run/pipe', type: 'fifo' },
        { path: 'a', type: 'symlink', linkTarget: 'b' },
        { path: 'b', type: 'symlink', linkTarget: 'a' },
        { path: 'self', type: 'symlink', linkTarget: 'self' },
        { path: 'up', type: 'symlink', linkTarget: '../../../../../../etc/shadow' },
        { path: 'hard', type: 'hardlink', linkTarget: 'hard' },
      ]),
    ],
  },
  'an os-release that is a link to itself': {
    layers: [
      made([{ path: 'etc/os-release', type: 'symlink', linkTarget: 'os-release' }]),
      made([
        {
          path: 'var/lib/dpkg/status',
          content: 'Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n',
        },
      ]),
    ],
    code: 3,
  },
  'an image of nothing': { layers: [made([{ path: 'hello', content: 'x' }])], code: 3 },
  'a digest that lies': {
    layers: [base],
    spoil: (files) =>
      files.set(
        `blobs/sha256/${base.digest.slice(7)}`,
        Buffer.concat([base.blob.subarray(0, -1), Buffer.from('x')]),
      ),
    error: 'DIGEST_MISMATCH',
  },
  'a size that lies': { image: makeImage([{ ...base, size: base.size + 512 }]), error: 'SIZE_MISMATCH' },
  'more layers than diff ids': {
    image: makeImage([base, base], { config: { rootfs: { type: 'layers', diff_ids: [base.diffId] } } }),
    error: 'INPUT_INVALID',
  },
  'a schema 1 manifest': {
    image: makeImage([base], {
      manifest: { schemaVersion: 1, mediaType: 'application/vnd.docker.distribution.manifest.v1+json' },
    }),
    error: 'UNSUPPORTED',
  },
  'package files that are damaged': {
    layers: [
      base,
      made([
        { path: 'usr/lib/node_modules/x/package.json', content: '{"name":' },
        {
          path: 'usr/bin/tool',
          content: Buffer.concat([Buffer.from('\u007fELF'), Buffer.alloc(4000, 7)]),
          mode: 0o755,
        },
      ]),
    ],
    code: 3,
  },
  'JSON 100,000 deep': {
    layers: [
      base,
      made([
        {
          path: 'usr/lib/node_modules/x/package.json',
          content: `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
        },
      ]),
    ],
    code: 3,
  },
};

describe('hostile images', () => {
  it.each(Object.entries(CASES))('%s', async (name, { layers, image, spoil, error, code = 0 }) => {
    const layout = join(folder, name.replace(/\W+/g, '-'));
    mkdirSync(layout, { recursive: true });
    const files = layoutFiles([{ content: image ?? makeImage(layers ?? []), tag: 'x' }]);
    spoil?.(files);
    await writeFiles(layout, files);
    const run = await watched(['scan', `oci:${layout}`, '--packages-only', '--no-cache', '--format', 'json']);
    expectHonest(run, error, code);
  });

  it('a bomb: 70 GB out of a few MB of zstd', async () => {
    const frame = zstdCompressSync(Buffer.alloc(64 << 20));
    const run = await scanBlob('bomb', Buffer.concat(Array.from({ length: 1100 }, () => frame)), '+zstd');
    expectHonest(run, 'LIMIT_EXCEEDED', 2);
  });

  it('an index that holds itself, and one nested too deep', async () => {
    const layout = join(folder, 'loop');
    const media = 'application/vnd.oci.image.index.v1+json';
    let bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: media, manifests: [] }));
    const files = layoutFiles([{ content: makeImage([base]), tag: 'x' }]);
    for (let depth = 0; depth < 10; depth++) {
      files.set(`blobs/sha256/${sha256(bytes).slice(7)}`, bytes);
      bytes = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: media,
          manifests: [{ mediaType: media, digest: sha256(bytes), size: bytes.length }],
        }),
      );
    }
    files.set('index.json', bytes);
    await writeFiles(layout, files);
    expectHonest(
      await watched(['scan', `oci:${layout}`, '--packages-only', '--no-cache']),
      'LIMIT_EXCEEDED',
      2,
    );
  });
});

describe('hostile registries', () => {
  const image = makeImage([base]);
  const huge = Buffer.from(`{"schemaVersion":2,"x":"${'y'.repeat(8 << 20)}"}`);
  const deep = Buffer.from(`{"schemaVersion":2,"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  const manifestType = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  const FAULTS: Record<string, { fault: Fault; on?: 'blobs'; error: string }> = {
    'redirects in a circle': {
      fault: { kind: 'answer', status: 302, headers: { location: '/v2/a/manifests/x' } },
      error: 'NETWORK|REGISTRY_PROTOCOL',
    },
    'answers 429 for ever': {
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '0' } },
      error: 'REGISTRY_RATE_LIMITED',
    },
    'answers 503 for ever': { fault: { kind: 'answer', status: 503 }, error: 'NETWORK|REGISTRY_PROTOCOL' },
    'answers nonsense': {
      fault: { kind: 'answer', status: 200, headers: manifestType, body: '<html>' },
      error: 'INPUT_INVALID|REGISTRY_PROTOCOL',
    },
    'answers a manifest of 8 MiB': {
      fault: { kind: 'answer', status: 200, headers: manifestType, body: huge },
      error: 'LIMIT_EXCEEDED',
    },
    'answers JSON 50,000 deep': {
      fault: { kind: 'answer', status: 200, headers: manifestType, body: deep },
      error: 'LIMIT_EXCEEDED|INPUT_INVALID',
    },
    'cuts every blob short': {
      fault: { kind: 'cut', bytes: 10 },
      on: 'blobs',
      error: 'NETWORK|SIZE_MISMATCH|INPUT_INVALID',
    },
    'resets every connection': { fault: { kind: 'reset' }, error: 'NETWORK' },
    hangs: { fault: { kind: 'hang' }, error: 'NETWORK' },
    drips: { fault: { kind: 'drip', everyMs: 500 }, on: 'blobs', error: 'NETWORK' },
  };

  it.concurrent.each(Object.entries(FAULTS))('%s', async (_name, { fault, on = 'manifests', error }) => {
    const options: RegistryOptions = { fault: ({ url }) => (url.includes(`/${on}/`) ? fault : undefined) };
    const registry = await startRegistry(options);
    try {
      registry.push('a', 'x', image);
      const run = await watched(['scan', `${registry.host}/a:x`, '--packages-only', '--no-cache', '--quiet']);
      expectHonest(run, error, 2);
      expect(run.seconds).toBeLessThan(240);
    } finally {
      await registry.close();
    }
  });
});

function expectHonest(run: WatchedRun, error: string | undefined, code: number): void {
  expect(run.rssMB).toBeLessThan(RSS_MB);
  if (error !== undefined) {
    expect(run.stderr).toMatch(new RegExp(`\\[(?:${error})\\]`));
    expect(run).toMatchObject({ code: 2, stdout: '' });
    return;
  }
  expect(run.code, run.stderr).toBe(code);
  const report: ScanReport = JSON.parse(run.stdout);
  if (code === 0) expect(report.packages.map((pkg) => pkg.name)).toContain('a');
  else expect(report.diagnostics.some((diagnostic) => diagnostic.unknown)).toBe(true);
}

async function scanBlob(name: string, blob: Buffer, suffix: string): Promise<WatchedRun> {
  const layout = join(folder, name);
  await writeFiles(layout, layoutFiles([{ content: makeImage([base, stored(blob, suffix)]), tag: 'x' }]));
  return watched(['scan', `oci:${layout}`, '--packages-only', '--no-cache', '--format', 'json']);
}

function made(members: readonly TarMember[]): TestLayer {
  return makeLayer(members, 'gzip');
}

/** A layer whose blob is these bytes, whatever they are; its diff id is never asked for. */
function stored(blob: Buffer, suffix: string): TestLayer {
  return {
    blob,
    tar: Buffer.alloc(0),
    digest: sha256(blob),
    diffId: sha256('none'),
    size: blob.length,
    mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`,
  };
}

function noise(): Buffer {
  return writeTar([
    {
      path: 'noise',
      content: Array.from({ length: 50_000 }, (_, at) => ((at * 2_654_435_761) >>> 3).toString(36)).join(''),
    },
  ]);
}

/** With the checksum that real tools write: without one zstd cannot tell. */
function checked(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

function spoilt(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = Math.floor(copy.length / 2); at < Math.floor(copy.length / 2) + 40; at++)
    copy[at] = (copy[at] ?? 0) ^ 0x5a;
  return copy;
}

function paxClaim(size: number): Buffer {
  const block = Buffer.from(writeTar([{ path: 'pax', content: '' }]).subarray(0, 512));
  block.write('x', 156);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.fill(' ', 148, 156);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([block, Buffer.alloc(4096, 'a')]);
}
