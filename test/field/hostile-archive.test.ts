import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress, type Entry, walkTar } from '../../src/archive/index.ts';
import { LIMITS } from '../../src/kit/index.ts';
import { rawHeader, rawMember, rawPax } from '../kit/raw-tar.ts';
import { countOf } from './counts.ts';

const MiB = 1024 * 1024;
const BLOCK_MIB = 8;
/** What reading may add to the process, whatever the size of the layer. */
const MAX_GROWTH_BYTES = 200 * MiB;

describe('layers of great size, in little memory', () => {
  const megabytes = countOf('hostileLayerMegabytes');
  const size = megabytes * MiB;
  const head = Buffer.concat([rawPax([['size', String(size)]]), rawHeader({ name: 'zeroes' })]);

  test.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)(`one member of zeroes, ${megabytes} MB of %s, is read to its end`, async (_, pack) => {
    const block = pack(Buffer.alloc(BLOCK_MIB * MiB));
    async function* layer(): AsyncGenerator<Uint8Array> {
      yield pack(head);
      for (let n = 0; n < megabytes / BLOCK_MIB; n++) yield block;
      yield pack(Buffer.alloc(1024));
    }
    const seen = await watched(layer(), (entry) => entry.path === 'zeroes');
    expect(seen).toMatchObject({ entries: 1, bytes: head.length + size + 1024, bodyBytes: size });
    expect(seen.growth).toBeLessThan(MAX_GROWTH_BYTES);
  });

  test('a layer of zeroes alone has no members', async () => {
    const block = gzipSync(Buffer.alloc(BLOCK_MIB * MiB));
    async function* layer(): AsyncGenerator<Uint8Array> {
      for (let n = 0; n < megabytes / BLOCK_MIB; n++) yield block;
    }
    expect(await watched(layer(), () => true)).toMatchObject({ entries: 0, bytes: size });
  });

  test('a bomb ends at the limit, however much more there would be', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(64 * MiB));
    let given = 0;
    async function* layer(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += bomb.length;
        yield bomb;
      }
    }
    const chunks = decompress(layer(), { where: 'layer', maxBytes: size });
    await expect(walkTar(chunks, SILENT, { where: 'layer' })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    expect(given).toBeLessThan(bomb.length * (megabytes / 64 + 200));
  });
});

test('a layer of very many members is walked in little memory', async () => {
  const members = countOf('hostileMembers');
  const pax = rawPax([['path', `${'folder/'.repeat(30)}long`]]);
  async function* layer(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n < members; n += 1_000) {
      const parts = Array.from({ length: 1_000 }, (_, k) =>
        k % 10 === 0
          ? Buffer.concat([pax, rawMember({}, 'x')])
          : rawHeader({ name: `a/${n + k}`, typeflag: '2', linkName: 'x' }),
      );
      yield gzipSync(Buffer.concat(parts), { level: 1 });
    }
  }
  const seen = await watched(layer(), (entry) => entry.type === 'file');
  expect(seen).toMatchObject({ entries: members, bodyBytes: members / 10 });
  expect(seen.growth).toBeLessThan(MAX_GROWTH_BYTES);
});

test('more members than the limit are refused', async () => {
  const many = Buffer.concat(Array.from({ length: 2_000 }, () => rawHeader({ typeflag: '5' })));
  async function* layer(): AsyncGenerator<Uint8Array> {
    for (let n = 0; n <= LIMITS.tarEntries / 2_000; n++) yield many;
  }
  await expect(walkTar(layer(), SILENT, { where: 'layer' })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});

const SILENT = { entry: () => false, data: () => undefined, end: () => undefined };

async function watched(packed: AsyncIterable<Uint8Array>, wants: (entry: Entry) => boolean) {
  const before = process.memoryUsage.rss();
  let growth = 0;
  let bodyBytes = 0;
  let calls = 0;
  const handler = {
    entry: wants,
    data: (chunk: Uint8Array) => {
      bodyBytes += chunk.length;
      if (calls++ % 64 === 0) growth = Math.max(growth, process.memoryUsage.rss() - before);
    },
    end: () => undefined,
  };
  const totals = await walkTar(decompress(packed, { where: 'layer' }), handler, { where: 'layer' });
  return { ...totals, bodyBytes, growth: Math.max(growth, process.memoryUsage.rss() - before) };
}
