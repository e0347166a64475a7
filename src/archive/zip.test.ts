import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PratiqueError } from '../kit/index.ts';
import { randomAccessOf, type ZipOptions, zipMembers } from './index.ts';

interface Made {
  readonly name: string | Buffer;
  readonly body: Buffer;
  readonly method?: number;
  readonly flags?: number;
  /** What the directory says instead of the truth. */
  readonly lie?: { readonly size?: number; readonly compressedSize?: number; readonly crc?: number };
  readonly localExtra?: Buffer;
}

const text = Buffer.from('a body that is packed a body that is packed');
const large = Buffer.alloc(900_000, 'abcdefghij klm');

describe('a well-formed zip', () => {
  test.each<[string, readonly Made[]]>([
    ['no members', []],
    ['a stored member', [{ name: 'a', body: text, method: 0 }]],
    ['a deflated member', [{ name: 'a/b.json', body: text }]],
    [
      'an empty member and a folder',
      [
        { name: 'empty', body: Buffer.alloc(0), method: 0 },
        { name: 'd/', body: Buffer.alloc(0) },
      ],
    ],
    [
      'members larger than a chunk',
      [
        { name: 'deflated', body: large },
        { name: 'stored', body: large, method: 0 },
      ],
    ],
    ['a long local extra field', [{ name: 'a', body: text, localExtra: Buffer.alloc(5_000) }]],
    ['a name beyond ASCII', [{ name: 'é', body: text }]],
  ])('%s', async (_, made) => {
    const read = await readAll(makeZip(made));
    expect(read.map((m) => [m.name, m.size])).toEqual(made.map((m) => [m.name, m.body.length]));
    expect(read.map((m, n) => made[n]?.body.equals(m.body))).toEqual(made.map(() => true));
    const streamed = await readAll(makeZip(made), {}, 'open');
    expect(streamed.map((m, n) => made[n]?.body.equals(m.body))).toEqual(made.map(() => true));
  });

  test('names that are no UTF-8 stay different from each other', async () => {
    const names = [Buffer.from([0xe9]), Buffer.from('é'), Buffer.from('\uefe9'), Buffer.from('\\xE9')];
    const read = await readAll(makeZip(names.map((name) => ({ name, body: text }))));
    expect(new Set(read.map((m) => m.name)).size).toBe(names.length);
  });

  test('a comment that holds the signature of an end record, and bytes before the zip', async () => {
    const zip = makeZip([{ name: 'a', body: text }], {
      comment: Buffer.from('x PK\x05\x06 not the end y'.padEnd(60)),
    });
    expect(await names(zip)).toEqual(['a']);
    expect((await readAll(Buffer.concat([Buffer.from('#!/bin/sh\n'), zip])))[0]?.body).toEqual(text);
  });

  test('zip64 records, also with bytes before them', async () => {
    const zip = makeZip(
      [
        { name: 'a', body: text },
        { name: 'b', body: large },
      ],
      { zip64: true },
    );
    expect((await readAll(zip)).map((m) => m.body.length)).toEqual([text.length, large.length]);
    expect((await readAll(Buffer.concat([Buffer.alloc(99), zip])))[0]?.body).toEqual(text);
  });

  test('a zip that Python streamed: data descriptor after the body, zip64 local header', async () => {
    const zip = Buffer.from(
      'UEsDBC0ACAAIAAAAIVAAAAAA//////////8FABQAYS50eHQBABAAAAAAAAAAAAAAAAAAAAAAAMtIzcnJV8hAkABQSwcIgIj55QoAAAAAAAAAEQAAAAAAAABQSwECLQMtAAgACAAAACFQgIj55QoAAAARAAAABQAAAAAAAAAAAAAAgAEAAAAAYS50eHRQSwUGAAAAAAEAAQAzAAAAWQAAAAAA',
      'base64',
    );
    expect((await readAll(zip))[0]?.body.toString()).toBe('hello hello hello');
  });

  test('reads neighbouring members in few reads, and never the whole file at once', async () => {
    const zip = makeZip(Array.from({ length: 5_000 }, (_, n) => ({ name: `GHSA-${n}.json`, body: text })));
    const lengths: number[] = [];
    const source = {
      size: zip.length,
      read: async (offset: number, length: number) => {
        lengths.push(length);
        return zip.subarray(offset, offset + length);
      },
    };
    let members = 0;
    for await (const member of zipMembers(source)) members += (await member.bytes()).length > 0 ? 1 : 0;
    expect(members).toBe(5_000);
    expect(lengths.length).toBeLessThan(10);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1024 * 1024);
  });

  test('members may be read later and at the same time', async () => {
    const zip = makeZip(
      Array.from({ length: 50 }, (_, n) => ({
        name: `${n}`,
        body: Buffer.alloc(90_000, `${n}.`),
        method: 0,
      })),
    );
    const members = [];
    for await (const member of zipMembers(randomAccessOf(zip))) members.push(member);
    const bodies = await Promise.all(members.map((member) => member.bytes()));
    expect(bodies.map((body, n) => body.equals(Buffer.alloc(90_000, `${n}.`)))).not.toContain(false);
  });
});

describe('a hostile zip', () => {
  test.each<[string, string, Buffer, ZipOptions?]>([
    ['no zip at all', 'INPUT_INVALID', Buffer.from('hello')],
    ['an empty file', 'INPUT_INVALID', Buffer.alloc(0)],
    ['cut off', 'INPUT_INVALID', makeZip([{ name: 'a', body: large }]).subarray(0, -30)],
    ['a false checksum', 'INPUT_INVALID', makeZip([{ name: 'a', body: text, lie: { crc: 1 } }])],
    ['more bytes than claimed', 'INPUT_INVALID', makeZip([{ name: 'a', body: text, lie: { size: 3 } }])],
    ['fewer bytes than claimed', 'INPUT_INVALID', makeZip([{ name: 'a', body: text, lie: { size: 300 } }])],
    [
      'many more bytes than claimed',
      'INPUT_INVALID',
      makeZip([{ name: 'a', body: large, lie: { size: 300_000 } }]),
    ],
    [
      'a body beyond the directory',
      'INPUT_INVALID',
      makeZip([{ name: 'a', body: text, lie: { compressedSize: 9_999 } }]),
    ],
    [
      'a stored member of two sizes',
      'INPUT_INVALID',
      makeZip([{ name: 'a', body: text, method: 0, lie: { size: 5 } }]),
    ],
    ['members on top of each other', 'INPUT_INVALID', overlapping()],
    ['an encrypted member', 'UNSUPPORTED', makeZip([{ name: 'a', body: text, flags: 1 }])],
    ['an unknown method', 'UNSUPPORTED', makeZip([{ name: 'a', body: text, method: 99 }])],
    [
      'too many members',
      'LIMIT_EXCEEDED',
      makeZip([
        { name: 'a', body: text },
        { name: 'b', body: text },
      ]),
      { maxEntries: 1 },
    ],
    [
      'a directory too large',
      'LIMIT_EXCEEDED',
      makeZip([{ name: 'a'.repeat(999), body: text }]),
      { maxDirectoryBytes: 500 },
    ],
    ['a member too large', 'LIMIT_EXCEEDED', makeZip([{ name: 'a', body: text }]), { maxMemberBytes: 10 }],
  ])('%s', async (_, code, zip, options = {}) => {
    for (const how of ['bytes', 'open'] as const) {
      await expect(readAll(zip, { where: 'feed.zip', ...options }, how)).rejects.toMatchObject({
        code,
        where: 'feed.zip',
      });
    }
  });

  test('a claim of four thousand million members is refused before the first', async () => {
    const zip = makeZip([{ name: 'a', body: text }]);
    zip.writeUInt16LE(60_000, zip.length - 22 + 10);
    await expect(names(zip)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('a member that is too large may be passed over', async () => {
    expect(await names(makeZip([{ name: 'a', body: large }]), { maxMemberBytes: 10 })).toEqual(['a']);
  });

  test('whatever byte is changed, it reads or says what is wrong', async () => {
    const zips = [false, true].map((zip64) =>
      makeZip(
        [
          { name: 'a', body: text },
          { name: 'b', body: text, method: 0 },
        ],
        { zip64, comment: Buffer.from('c') },
      ),
    );
    const change = fc.record({ at: fc.nat({ max: 400 }), byte: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zips),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(40),
        async (zip, changes, cut) => {
          const changed = Buffer.from(zip.subarray(0, zip.length - (cut > 20 ? cut : 0)));
          for (const { at, byte } of changes) changed[at % changed.length] = byte;
          await readAll(changed).catch((error: unknown) => expect(error).toBeInstanceOf(PratiqueError));
        },
      ),
      { numRuns: 500 },
    );
  });
});

async function readAll(zip: Buffer, options: ZipOptions = {}, how: 'bytes' | 'open' = 'bytes') {
  const read: { name: string; size: number; body: Buffer }[] = [];
  for await (const member of zipMembers(randomAccessOf(zip), options)) {
    const body = how === 'bytes' ? await member.bytes() : await joined(member.open());
    read.push({ name: member.name, size: member.size, body });
  }
  return read;
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

async function names(zip: Buffer, options: ZipOptions = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const member of zipMembers(randomAccessOf(zip), options)) found.push(member.name);
  return found;
}

function makeZip(made: readonly Made[], more: { zip64?: boolean; comment?: Buffer } = {}): Buffer {
  const bodies: Buffer[] = [];
  const records: Buffer[] = [];
  let offset = 0;
  for (const member of made) {
    const local = localPart(member);
    records.push(directoryRecord(member, offset, more.zip64 === true));
    bodies.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(more.zip64 ? 0xffff : made.length, 8);
  end.writeUInt16LE(more.zip64 ? 0xffff : made.length, 10);
  end.writeUInt32LE(more.zip64 ? 0xffffffff : directory.length, 12);
  end.writeUInt32LE(more.zip64 ? 0xffffffff : offset, 16);
  end.writeUInt16LE(more.comment?.length ?? 0, 20);
  const end64 = more.zip64 ? zip64End(made.length, directory.length, offset) : Buffer.alloc(0);
  return Buffer.concat([...bodies, directory, end64, end, more.comment ?? Buffer.alloc(0)]);
}

function packed(member: Made): Buffer {
  return (member.method ?? 8) === 8 ? deflateRawSync(member.body) : member.body;
}

function localPart(member: Made): Buffer {
  const name = Buffer.from(member.name);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(member.method ?? 8, 8);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(member.localExtra?.length ?? 0, 28);
  return Buffer.concat([head, name, member.localExtra ?? Buffer.alloc(0), packed(member)]);
}

function directoryRecord(member: Made, offset: number, zip64: boolean): Buffer {
  const name = Buffer.from(member.name);
  const sizes = [
    member.lie?.size ?? member.body.length,
    member.lie?.compressedSize ?? packed(member).length,
    offset,
  ];
  const extra = zip64 ? Buffer.alloc(28) : Buffer.alloc(0);
  if (zip64) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [n, value] of sizes.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * n);
  }
  const [size = 0, compressedSize = 0] = zip64 ? [0xffffffff, 0xffffffff] : sizes;
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(member.flags ?? 0, 8);
  head.writeUInt16LE(member.method ?? 8, 10);
  head.writeUInt32LE(member.lie?.crc ?? crc32(member.body), 16);
  head.writeUInt32LE(compressedSize, 20);
  head.writeUInt32LE(size, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
  return Buffer.concat([head, name, extra]);
}

function zip64End(entries: number, directoryBytes: number, offset: number): Buffer {
  const bytes = Buffer.alloc(56 + 20);
  bytes.writeUInt32LE(0x06064b50, 0);
  bytes.writeBigUInt64LE(44n, 4);
  bytes.writeBigUInt64LE(BigInt(entries), 24);
  bytes.writeBigUInt64LE(BigInt(entries), 32);
  bytes.writeBigUInt64LE(BigInt(directoryBytes), 40);
  bytes.writeBigUInt64LE(BigInt(offset), 48);
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeBigUInt64LE(BigInt(offset + directoryBytes), 64);
  return bytes;
}

/** One body, listed many times: what makes a small zip claim to be a huge one. */
function overlapping(): Buffer {
  const one = localPart({ name: 'a', body: large });
  const record = directoryRecord({ name: 'a', body: large }, 0, false);
  const directory = Buffer.concat(Array.from({ length: 100 }, () => record));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(100, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(one.length, 16);
  return Buffer.concat([one, directory, end]);
}
