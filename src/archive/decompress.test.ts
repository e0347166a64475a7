import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PratiqueError } from '../kit/index.ts';
import { type DecompressOptions, decompress, sniffCompression } from './index.ts';

const body = Buffer.from(Array.from({ length: 40_000 }, (_, n) => `${(n * 7919) % 10_007} line\n`).join(''));
const half = body.subarray(0, 200_000);
const rest = body.subarray(200_000);
const gz = gzipSync(body);
const zst = zstdCompressSync(body);
const skippable = Buffer.concat([Buffer.from([0x57, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('12345')]);

describe('sniffCompression', () => {
  test.each([
    ['gzip', gz],
    ['zstd', zst],
    ['zstd', skippable],
    ['unsupported:bzip2', Buffer.from('BZh91AY&SY')],
    ['unsupported:xz', Buffer.from('\xfd7zXZ\0', 'latin1')],
    ['unsupported:lz4', Buffer.from([4, 0x22, 0x4d, 0x18])],
    ['unsupported:zip', Buffer.from('PK\x03\x04')],
    ['none', Buffer.from('BZhang/notes.txt')],
    ['none', Buffer.from('bin/sh')],
    ['none', Buffer.alloc(0)],
  ])('%s', (kind, head) => expect(sniffCompression(head)).toBe(kind));
});

describe('decompress', () => {
  test.each<[string, Buffer, Buffer]>([
    ['nothing', Buffer.alloc(0), Buffer.alloc(0)],
    ['plain bytes', body, body],
    ['one gzip member', gz, body],
    ['gzip of nothing', gzipSync(''), Buffer.alloc(0)],
    ['several gzip members', Buffer.concat([gzipSync(half), gzipSync(''), gzipSync(rest)]), body],
    ['gzip and zero padding', Buffer.concat([gz, Buffer.alloc(300_000)]), body],
    ['one zstd frame', zst, body],
    ['zstd of nothing', zstdCompressSync(Buffer.alloc(0)), Buffer.alloc(0)],
    ['several zstd frames', Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest)]), body],
    [
      'skippable zstd frames',
      Buffer.concat([skippable, zstdCompressSync(half), skippable, zstdCompressSync(rest), skippable]),
      body,
    ],
    ['skippable zstd frames alone', Buffer.concat([skippable, skippable]), Buffer.alloc(0)],
    ['zstd and zero padding', Buffer.concat([zst, Buffer.alloc(300_000)]), body],
    ['zstd and three zeroes', Buffer.concat([zst, Buffer.alloc(3)]), body],
    [
      'zstd frames that fill the buffers to the byte',
      Buffer.concat(Array.from({ length: 8 }, () => zstdCompressSync(Buffer.alloc(262_144, 'x')))),
      Buffer.alloc(2_097_152, 'x'),
    ],
  ])('unpacks %s, however the chunks fall', async (_, packed, expected) => {
    for (const size of [packed.length || 1, 1, 7, 1000, 131_072]) {
      if (packed.length / size > 200_000) continue;
      expect((await unpacked(packed, {}, size)).equals(expected)).toBe(true);
    }
  });

  test.each<[string, string, Buffer, Partial<DecompressOptions>?]>([
    ['gzip cut off', 'INPUT_INVALID', gz.subarray(0, -9)],
    ['gzip cut off in its trailer', 'INPUT_INVALID', gz.subarray(0, -1)],
    ['gzip cut off in its header', 'INPUT_INVALID', gz.subarray(0, 5)],
    ['a second gzip member cut off', 'INPUT_INVALID', Buffer.concat([gz, gz.subarray(0, 1)])],
    ['gzip with a byte changed', 'INPUT_INVALID', changed(gz, 20_000)],
    ['gzip with a false checksum', 'INPUT_INVALID', changed(gz, gz.length - 6)],
    ['gzip and garbage', 'INPUT_INVALID', Buffer.concat([gz, Buffer.from('garbage')])],
    [
      'gzip, padding and garbage',
      'INPUT_INVALID',
      Buffer.concat([gz, Buffer.alloc(9), Buffer.from('garbage')]),
    ],
    ['gzip, much padding and garbage', 'INPUT_INVALID', Buffer.concat([gz, Buffer.alloc(900_000), gz])],
    ['zstd cut off', 'INPUT_INVALID', zst.subarray(0, -9)],
    ['zstd cut off in its header', 'INPUT_INVALID', zst.subarray(0, 5)],
    ['a second zstd frame cut off', 'INPUT_INVALID', Buffer.concat([zst, zst.subarray(0, 700)])],
    ['a second zstd frame cut off in its magic', 'INPUT_INVALID', Buffer.concat([zst, zst.subarray(0, 2)])],
    ['a skippable frame cut off', 'INPUT_INVALID', Buffer.concat([zst, skippable.subarray(0, -1)])],
    ['zstd with bytes changed', 'INPUT_INVALID', changed(zst, 9, 10, 11, 12, 13, 14)],
    ['zstd and garbage', 'INPUT_INVALID', Buffer.concat([zst, Buffer.from('garbage')])],
    [
      'zstd, padding and garbage',
      'INPUT_INVALID',
      Buffer.concat([zst, Buffer.alloc(9), Buffer.from('garbage')]),
    ],
    ['a zstd window of 2 GiB', 'LIMIT_EXCEEDED', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0])],
    [
      'a zstd window of 4 TiB in one segment',
      'LIMIT_EXCEEDED',
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 4, 0, 0, 1, 0, 0]),
    ],
    ['bzip2', 'UNSUPPORTED', Buffer.from('BZh91AY&SY and more')],
    ['xz', 'UNSUPPORTED', Buffer.from('\xfd7zXZ\0 and more', 'latin1')],
    ['more bytes than announced', 'SIZE_MISMATCH', gz, { packedBytes: gz.length - 1 }],
    ['plain bytes beyond the limit', 'LIMIT_EXCEEDED', body, { maxBytes: 1000 }],
    ['gzip beyond the limit', 'LIMIT_EXCEEDED', gz, { maxBytes: 1000 }],
    ['zstd beyond the limit', 'LIMIT_EXCEEDED', zst, { maxBytes: 1000 }],
  ])('refuses %s', async (_, code, packed, options = {}) => {
    for (const size of [packed.length, 3]) {
      await expect(unpacked(packed, options, size)).rejects.toMatchObject({ code, where: 'layer' });
    }
  });

  test('stops a zstd bomb at the limit, without reading on', async () => {
    let given = 0;
    async function* bomb(): AsyncGenerator<Uint8Array> {
      const frame = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
      for (; given < 100_000; given++) yield frame;
    }
    await expect(
      drain(decompress(bomb(), { where: 'layer', maxBytes: 300 * 1024 * 1024 })),
    ).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    expect(given).toBeLessThan(2_000);
  });

  test('lets the zeroes of gzip pass, whose ratio is the highest that deflate knows', async () => {
    const { size } = await drain(decompress(zeroes(200 * 1024 * 1024), { where: 'layer' }));
    expect(size).toBe(200 * 1024 * 1024);
  });

  test('hands on the error of its source as it is', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gz.subarray(0, 1000);
      throw new PratiqueError('NETWORK', 'the line is dead');
    }
    await expect(drain(decompress(broken(), { where: 'layer' }))).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('ends with its signal, even while its source hangs', async () => {
    const stop = new AbortController();
    async function* hanging(): AsyncGenerator<Uint8Array> {
      yield Buffer.concat(Array.from({ length: 10 }, () => gz));
      await new Promise(() => undefined);
    }
    const reading = drain(decompress(hanging(), { where: 'layer', signal: stop.signal }));
    setTimeout(() => stop.abort(new PratiqueError('NETWORK', 'enough')), 20);
    await expect(reading).rejects.toMatchObject({ code: 'NETWORK', message: 'enough' });
  });

  test('closes its source when nobody reads on', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield gz;
      } finally {
        closed = true;
      }
    }
    for await (const _ of decompress(endless(), { where: 'layer' })) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(true);
  });

  test('reads its source to the end, padding included', async () => {
    for (const packed of [gz, zst]) {
      let given = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for (const part of [packed, Buffer.alloc(500_000), Buffer.alloc(500_000)]) {
          given += part.length;
          yield part;
        }
      }
      await drain(decompress(counted(), { where: 'layer' }));
      expect(given).toBe(packed.length + 1_000_000);
    }
  });

  test('whatever bytes are changed, it unpacks or says what is wrong', async () => {
    const small = Buffer.from('some text, some more text, and the end of the text');
    const packs = [
      gzipSync(small),
      Buffer.concat([zstdCompressSync(small), skippable, zstdCompressSync(small)]),
    ];
    const change = fc.record({ at: fc.nat(200), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...packs),
        fc.array(change, { maxLength: 4 }),
        fc.nat(30),
        async (packed, changes, cut) => {
          const bytes = Buffer.from(packed.subarray(0, packed.length - cut));
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          await unpacked(bytes, {}, 11).catch((error: unknown) =>
            expect(error).toBeInstanceOf(PratiqueError),
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});

async function unpacked(packed: Buffer, options: Partial<DecompressOptions>, chunk: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decompress(cut(packed, chunk), { where: 'layer', ...options })) parts.push(part);
  return Buffer.concat(parts);
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<{ size: number }> {
  let size = 0;
  for await (const chunk of chunks) size += chunk.length;
  return { size };
}

function changed(bytes: Buffer, ...places: number[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const at of places) copy[at] = (copy[at] ?? 0) ^ 0x55;
  return copy;
}

/** gzip members of 8 MiB of zeroes each: as many as wanted from one that is packed once. */
async function* zeroes(bytes: number): AsyncGenerator<Uint8Array> {
  const member = gzipSync(Buffer.alloc(8 * 1024 * 1024));
  expect(deflateRawSync(Buffer.alloc(8 * 1024 * 1024)).length * 1000).toBeLessThan(8 * 1024 * 1024);
  for (let given = 0; given < bytes; given += 8 * 1024 * 1024) yield member;
}
