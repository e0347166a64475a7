import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { layoutFiles, makeImage, makeLayer, type TestLayer, writeFiles } from '../test/kit/images.ts';
import { writeTar } from '../test/kit/tar.ts';
import { BENCH_WORK } from './images.ts';
import { cost, PRATIQUE } from './process.ts';
import type { BenchPart } from './table.ts';

const STATUS = 'Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n';
const OS_RELEASE = 'ID=debian\nVERSION_ID="12"\n';

/** The memory of a scan does not grow with the image: a layer of 8 GB, a layer of a million files. */
export const memoryBench: BenchPart = async () => {
  const rows = [];
  for (const [what, name, write] of [
    ['a layer of 8 GB of zeroes', 'zeroes', zeroes],
    ['a layer of 1,000,000 files', 'million', million],
  ] as const) {
    const layout = join(BENCH_WORK, `memory-${name}`);
    if (!existsSync(layout)) await makeLayout(layout, write);
    const seen = await cost([
      ...PRATIQUE,
      'scan',
      '--packages-only',
      '--no-cache',
      '--quiet',
      '--format',
      'json',
      `oci:${layout}:bench`,
    ]);
    rows.push({
      what,
      measured: seen.rssMB,
      unit: 'MB RSS',
      reach: 300,
      note: `exit ${seen.code}, wall ${seen.wallS.toFixed(1)} s, CPU ${seen.cpuS.toFixed(1)} s`,
    });
  }
  return rows;
};

type Write = (chunk: Buffer) => Promise<void>;

async function makeLayout(layout: string, body: (write: Write) => Promise<void>): Promise<void> {
  const unfinished = `${layout}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(join(unfinished, 'blobs', 'sha256'), { recursive: true });
  const base = makeLayer([
    { path: 'etc/os-release', content: OS_RELEASE },
    { path: 'var/lib/dpkg/status', content: STATUS },
  ]);
  const big = await bigLayer(join(unfinished, 'blob'), body);
  const image = makeImage([base, big]);
  const files = layoutFiles([{ content: image, tag: 'bench' }]);
  files.delete(`blobs/sha256/${big.digest.slice(7)}`);
  await writeFiles(unfinished, files);
  renameSync(join(unfinished, 'blob'), join(unfinished, 'blobs', 'sha256', big.digest.slice(7)));
  writeFileSync(join(unfinished, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  renameSync(unfinished, layout);
}

/** Streams a gzip layer to disk; its bytes are never held. */
async function bigLayer(path: string, body: (write: Write) => Promise<void>): Promise<TestLayer> {
  const gzip = createGzip({ level: 1, chunkSize: 1 << 20 });
  const [packed, unpacked] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  gzip.on('data', (chunk: Buffer) => {
    packed.update(chunk);
    size += chunk.length;
  });
  const file = gzip.pipe(createWriteStream(path));
  await body(async (chunk) => {
    unpacked.update(chunk);
    if (!gzip.write(chunk)) await once(gzip, 'drain');
  });
  gzip.end();
  await once(file, 'finish');
  const none = Buffer.alloc(0);
  return {
    blob: none,
    tar: none,
    digest: `sha256:${packed.digest('hex')}`,
    diffId: `sha256:${unpacked.digest('hex')}`,
    size,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  };
}

async function zeroes(write: Write): Promise<void> {
  const size = 8 * 1024 ** 3;
  const header = writeTar([{ path: 'zeroes', content: '' }]).subarray(0, 512);
  // ustar holds sizes below 8 GiB in eleven octal digits; this one needs GNU's base-256 form.
  header.fill(0, 124, 136);
  header[124] = 0x80;
  header.writeBigUInt64BE(BigInt(size), 128);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  await write(header);
  const zero = Buffer.alloc(1 << 20);
  for (let written = 0; written < size; written += zero.length) await write(zero);
  await write(Buffer.alloc(1024));
}

async function million(write: Write): Promise<void> {
  for (let at = 0; at < 1_000_000; at += 1000) {
    const members = Array.from({ length: 1000 }, (_, index) => ({
      path: `srv/data/${at / 1000}/some-file-with-a-name-${index}.txt`,
      content: 'x',
    }));
    await write(writeTar(members).subarray(0, -1024));
  }
  await write(Buffer.alloc(1024));
}
