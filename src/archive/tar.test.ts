import { describe, expect, test } from 'vitest';
import {
  GNU_MAGIC,
  padded,
  type RawHeader,
  rawHeader,
  rawMember,
  rawPax,
  rawTar,
} from '../../test/kit/raw-tar.ts';
import { type Entry, TarWalker, walkTar } from './index.ts';

interface Seen extends Entry {
  readonly body?: string;
}

const plain = { mode: 0o644, uid: 0, gid: 0 };
const after = rawMember({ name: 'after' }, 'still in step');
const afterSeen: Seen = { ...plain, path: 'after', type: 'file', size: 13, body: 'still in step' };
const long = `${'long/'.repeat(60)}name`;

describe('members of every format', () => {
  test.each<[string, Buffer, Partial<Seen>]>([
    [
      'a file',
      rawMember({ name: './a/b', mode: 0o100755, uid: 7, gid: 8 }, 'body'),
      { path: 'a/b', size: 4, mode: 0o755, uid: 7, gid: 8, body: 'body' },
    ],
    ['an empty file', rawMember({ name: 'a' }), { path: 'a', size: 0, body: '' }],
    [
      'a file of a whole block',
      rawMember({ name: 'a' }, 'x'.repeat(512)),
      { path: 'a', size: 512, body: 'x'.repeat(512) },
    ],
    ['a setuid file', rawMember({ name: 'su', mode: 0o104755 }), { path: 'su', mode: 0o4755, body: '' }],
    ['a folder', rawMember({ name: 'd/', typeflag: '5' }), { path: 'd', type: 'folder' }],
    ['the root', rawMember({ name: './', typeflag: '5' }), { path: '', type: 'folder' }],
    ['a folder of v7', rawMember({ name: 'd/', typeflag: '\0', magic: '' }), { path: 'd', type: 'folder' }],
    [
      'a file of v7',
      rawMember({ name: 'a', typeflag: '\0', magic: '', patches: { 345: 'no prefix' } }, 'b'),
      { path: 'a', size: 1, body: 'b' },
    ],
    [
      'a symbolic link, target as written',
      rawMember({ name: 'l', typeflag: '2', linkName: '../../x' }),
      { path: 'l', type: 'symlink', linkTarget: '../../x' },
    ],
    [
      'a hard link, target cleaned',
      rawMember({ name: 'l', typeflag: '1', linkName: './bin/x' }),
      { path: 'l', type: 'hardlink', linkTarget: 'bin/x' },
    ],
    [
      'a link whose size means nothing',
      rawHeader({ name: 'l', typeflag: '1', linkName: '/bin/x', size: 99_999 }),
      { path: 'l', type: 'hardlink', linkTarget: 'bin/x' },
    ],
    [
      'a character device',
      rawHeader({ name: 'dev/null', typeflag: '3', size: 4_096 }),
      { path: 'dev/null', type: 'other' },
    ],
    ['a block device', rawMember({ name: 'dev/sda', typeflag: '4' }), { path: 'dev/sda', type: 'other' }],
    ['a fifo', rawMember({ name: 'pipe', typeflag: '6' }), { path: 'pipe', type: 'other' }],
    ['a contiguous file', rawMember({ name: 'c', typeflag: '7' }, 'body'), { path: 'c', type: 'other' }],
    [
      'a type that nobody knows, with a body',
      rawMember({ name: 'u', typeflag: 'Q' }, 'b'.repeat(700)),
      { path: 'u', type: 'other' },
    ],
    ['a ustar prefix', rawMember({ name: 'c', prefix: 'a/b' }), { path: 'a/b/c', body: '' }],
    [
      'a star prefix of 131 bytes',
      rawMember({ name: 'c', prefix: 'a/b', patches: { 476: '00001', 508: 'tar\0' } }),
      { path: 'a/b/c', body: '' },
    ],
    [
      'a GNU header with times where ustar has its prefix',
      rawMember({ name: 'c', magic: GNU_MAGIC, prefix: '14000000000\x0014000000000\0' }),
      { path: 'c', body: '' },
    ],
    [
      'a prefix under the magic of GNU, as Go once wrote it',
      rawMember({ name: 'c', magic: GNU_MAGIC, prefix: 'some/folder' }),
      { path: 'some/folder/c', body: '' },
    ],
    [
      'GNU long names',
      Buffer.concat([
        rawMember({ typeflag: 'L', magic: GNU_MAGIC }, `${long}\0`),
        rawMember({ typeflag: 'K', magic: GNU_MAGIC }, `${long}2\0`),
        rawMember({ name: 'short', typeflag: '2', linkName: 'cut', magic: GNU_MAGIC }),
      ]),
      { path: long, type: 'symlink', linkTarget: `${long}2` },
    ],
    [
      'base-256 numbers',
      rawMember({ name: 'a', uid: base256(0o77777777, 8), size: base256(3, 12) }, 'abc'),
      { path: 'a', uid: 0o77777777, size: 3, body: 'abc' },
    ],
    [
      'numbers between spaces',
      rawMember({ name: 'a', uid: '   12 \0', gid: ' \0', mode: '  755 \0' }),
      { path: 'a', uid: 10, gid: 0, mode: 0o755, body: '' },
    ],
    [
      'a checksum of signed bytes',
      rawMember({ name: 'é', checksum: 'signed' }),
      { path: '\uefe9', body: '' },
    ],
    ['a name in UTF-8', rawMember({ name: Buffer.from('é') }), { path: 'é', body: '' }],
    [
      'PAX records',
      Buffer.concat([
        rawPax([
          ['path', `${long}/é`],
          ['uid', '3000000'],
          ['gid', '4000000'],
          ['size', '5'],
          ['mtime', '1.5'],
        ]),
        rawHeader({ name: 'short', size: 0 }),
        padded(Buffer.from('12345')),
      ]),
      { path: `${long}/é`, uid: 3_000_000, gid: 4_000_000, size: 5, body: '12345' },
    ],
    [
      'a PAX link path',
      Buffer.concat([rawPax([['linkpath', long]]), rawMember({ name: 'l', typeflag: '2', linkName: 'cut' })]),
      { path: 'l', type: 'symlink', linkTarget: long },
    ],
    [
      'an empty PAX value, which changes nothing',
      Buffer.concat([rawPax([['path', '']]), rawMember({ name: 'a' })]),
      { path: 'a', body: '' },
    ],
    [
      'two PAX headers, the last counts',
      Buffer.concat([rawPax([['path', 'one']]), rawPax([['uid', '5']]), rawMember({ name: 'a' })]),
      { path: 'a', uid: 5, body: '' },
    ],
    [
      'a global PAX header of no consequence',
      Buffer.concat([
        rawPax(
          [
            ['comment', 'c0ffee'],
            ['uid', '5'],
          ],
          'g',
        ),
        rawMember({ name: 'a' }),
      ]),
      { path: 'a', body: '' },
    ],
    [
      'a PAX header before a folder with a size',
      Buffer.concat([rawPax([['size', '700']]), rawMember({ name: 'd', typeflag: '5' })]),
      { path: 'd', type: 'folder' },
    ],
  ])('%s', async (_, member, expected) => {
    const seen: Partial<Seen> = { ...plain, type: 'file', size: 0, ...expected };
    for (const chunk of [100_000, 512, 513, 1, 7]) {
      expect(await walked(rawTar(member, after), chunk)).toEqual([seen, afterSeen]);
    }
  });

  test('extended attributes, of star and of libarchive', async () => {
    const capability = Buffer.from([1, 0, 0, 2, 0x0a, 0x3d, 0x20, 0]);
    const pax = rawPax([
      ['SCHILY.xattr.security.capability', capability],
      ['LIBARCHIVE.xattr.security.capability', 'AAAA'],
      ['LIBARCHIVE.xattr.user.a%20b', capability.toString('base64').replaceAll('=', '')],
    ]);
    const [entry] = await walked(rawTar(pax, rawMember({ name: 'ping' })));
    expect([...(entry?.xattrs ?? [])].map(([name, value]) => [name, Buffer.from(value)])).toEqual([
      ['security.capability', capability],
      ['user.a b', capability],
    ]);
  });

  test('names that are no UTF-8 stay different from each other and from those that are', async () => {
    const names = [[0xe9], [0xc3, 0xa9], [0xee, 0xbf, 0xa9], [0xc3], [0xff], [0x80, 0x80]].map((name) =>
      Buffer.from(name),
    );
    const paths = (await walked(rawTar(...names.map((name) => rawMember({ name }))))).map(
      (entry) => entry.path,
    );
    expect(new Set(paths).size).toBe(names.length);
    expect(paths.map((path) => path.isWellFormed())).not.toContain(false);
    expect(paths[1]).toBe('é');
  });
});

describe('sparse files', () => {
  const tape = `${'A'.repeat(600)}${'B'.repeat(10)}`;
  const whole = `\0`.repeat(1000) + 'A'.repeat(600) + '\0'.repeat(400) + 'B'.repeat(10) + '\0'.repeat(90);
  const oldMap = (pairs: readonly number[]): Buffer =>
    Buffer.from(pairs.map((n) => `${n.toString(8).padStart(11, '0')}\0`).join(''), 'latin1');
  const old: RawHeader = { name: 's', typeflag: 'S', magic: GNU_MAGIC, size: 610 };
  const many = Array.from({ length: 60 }, (_, n) => [n * 20, 10]).flat();
  const extension = (pairs: readonly number[], more: boolean): Buffer => {
    const block = Buffer.alloc(512);
    oldMap(pairs).copy(block);
    block[504] = more ? 1 : 0;
    return block;
  };
  const text = padded(Buffer.from('2\n1000\n600\n2000\n10\n'));

  test.each<[string, Buffer, string]>([
    [
      'old GNU',
      rawMember(
        { ...old, patches: { 386: oldMap([1000, 600, 2000, 10, 2100, 0]), 483: '00000004064\0' } },
        tape,
      ),
      whole,
    ],
    [
      'old GNU with blocks of further map',
      Buffer.concat([
        rawHeader({
          ...old,
          size: 600,
          patches: { 386: oldMap(many.slice(0, 8)), 482: '\x01', 483: oldMap([1195]).subarray(0, 12) },
        }),
        extension(many.slice(8, 50), true),
        extension(many.slice(50, 92), true),
        extension(many.slice(92), false),
        padded(Buffer.from('x'.repeat(600))),
      ]),
      `${'x'.repeat(10)}${'\0'.repeat(10)}`.repeat(60).slice(0, 1195),
    ],
    [
      'PAX 0.0',
      Buffer.concat([
        rawPax([
          ['GNU.sparse.size', '2100'],
          ['GNU.sparse.numblocks', '2'],
          ['GNU.sparse.offset', '1000'],
          ['GNU.sparse.numbytes', '600'],
          ['GNU.sparse.offset', '2000'],
          ['GNU.sparse.numbytes', '10'],
        ]),
        rawMember({ name: 's' }, tape),
      ]),
      whole,
    ],
    [
      'PAX 0.1',
      Buffer.concat([
        rawPax([
          ['GNU.sparse.name', 's'],
          ['GNU.sparse.size', '2100'],
          ['GNU.sparse.map', '1000,600,2000,10'],
        ]),
        rawMember({ name: 'GNUSparseFile.1/s' }, tape),
      ]),
      whole,
    ],
    [
      'PAX 1.0',
      Buffer.concat([
        rawPax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.name', 's'],
          ['GNU.sparse.realsize', '2100'],
        ]),
        rawMember({ name: 'GNUSparseFile.1/s' }, Buffer.concat([text, Buffer.from(tape)])),
      ]),
      whole,
    ],
    [
      'PAX 1.0 of holes alone',
      Buffer.concat([
        rawPax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.name', 's'],
          ['GNU.sparse.realsize', '70000'],
        ]),
        rawMember({ name: 'x' }, padded(Buffer.from('1\n70000\n0\n'))),
      ]),
      '\0'.repeat(70_000),
    ],
  ])('%s', async (_, member, body) => {
    for (const chunk of [100_000, 512, 100]) {
      const [entry, next] = await walked(rawTar(member, after), chunk);
      expect(entry).toMatchObject({ path: 's', type: 'file', size: body.length });
      expect(entry?.body === body).toBe(true);
      expect(next).toEqual(afterSeen);
      expect((await walked(rawTar(member, after), chunk, () => false)).map((e) => e.path)).toEqual([
        's',
        'after',
      ]);
    }
  });

  const pax10 = (map: string, size = '2100'): Buffer =>
    Buffer.concat([
      rawPax([
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.realsize', size],
      ]),
      rawMember({ name: 's' }, Buffer.concat([padded(Buffer.from(map)), Buffer.from(tape)])),
    ]);
  test.each<[string, string, Buffer]>([
    ['overlapping parts', 'INPUT_INVALID', pax10('2\n1000\n600\n1500\n10\n')],
    ['parts beyond the real size', 'INPUT_INVALID', pax10('2\n1000\n600\n2000\n10\n', '2000')],
    ['parts larger than the body', 'INPUT_INVALID', pax10('1\n1000\n900\n')],
    ['parts smaller than the body', 'INPUT_INVALID', pax10('1\n1000\n9\n')],
    ['a map that is none', 'INPUT_INVALID', pax10('2\n1000\nsix\n')],
    ['a map longer than the body', 'INPUT_INVALID', pax10('500\n1\n1\n')],
    [
      'a map of millions',
      'LIMIT_EXCEEDED',
      Buffer.concat([
        rawPax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
        ]),
        rawHeader({ size: 9_000_000 }),
        Buffer.from(`900000\n${'0\n'.repeat(2_000_000)}`),
      ]),
    ],
    [
      'more holes than a layer may have bytes',
      'LIMIT_EXCEEDED',
      rawTar(pax10('2\n1000\n600\n99999999999999\n10\n', '999999999999999')),
    ],
  ])('refuses %s', async (_, code, member) => {
    await expect(walked(rawTar(member))).rejects.toMatchObject({ code });
  });
});

describe('the end of an archive', () => {
  const member = rawMember({ name: 'a' }, 'body');
  test.each<[string, Buffer, number]>([
    ['no bytes', Buffer.alloc(0), 0],
    ['zeroes only', Buffer.alloc(1024), 0],
    ['many zeroes', Buffer.alloc(200_000), 0],
    ['zeroes that fill no block', Buffer.alloc(100), 0],
    ['two zero blocks', rawTar(member), 1],
    ['two zero blocks and garbage', Buffer.concat([rawTar(member), Buffer.from('garbage'.repeat(99))]), 1],
    ['one zero block', Buffer.concat([member, Buffer.alloc(512)]), 1],
    ['no zero block', member, 1],
    ['not even the padding of the last body', member.subarray(0, 516), 1],
  ])('%s', async (_, bytes, entries) => {
    for (const chunk of [1_000_000, 97]) {
      expect(await walkTar(cut(bytes, chunk), silent, { where: 'layer' })).toEqual({
        entries,
        bytes: bytes.length,
      });
    }
  });

  test.each<[string, Buffer]>([
    ['inside a body', member.subarray(0, 515)],
    ['inside a header', Buffer.concat([member, member.subarray(0, 200)])],
    ['inside a PAX header', rawPax([['path', 'x'.repeat(2000)]]).subarray(0, 1024)],
    ['behind a PAX header', rawPax([['path', 'x']])],
    ['behind a PAX header, with zero blocks', rawTar(rawPax([['path', 'x']]))],
    ['inside a sparse map', rawHeader({ typeflag: 'S', magic: GNU_MAGIC, patches: { 482: '\x01' } })],
  ])('refuses one %s', async (_, bytes) => {
    await expect(walked(bytes, 300)).rejects.toMatchObject({ code: 'INPUT_INVALID', where: 'layer' });
  });
});

describe('hostile archives', () => {
  test.each<[string, string, Buffer, RegExp]>([
    ['text', 'INPUT_INVALID', Buffer.from('hello '.repeat(300)), /not a tar archive/],
    ['a short text', 'INPUT_INVALID', Buffer.from('hello'), /not a tar archive/],
    [
      'an ELF file',
      'INPUT_INVALID',
      Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(4_000, 1)]),
      /not a tar archive/,
    ],
    ['a false checksum', 'INPUT_INVALID', rawTar(after, rawMember({ checksum: 1 })), /checksum/],
    ['a lone zero block', 'INPUT_INVALID', Buffer.concat([after, Buffer.alloc(512), after]), /zeroes/],
    [
      'traversal',
      'INPUT_INVALID',
      rawTar(rawMember({ name: '../../etc/cron.d/x' })),
      /"\.\.\/\.\.\/etc\/cron\.d\/x" is refused/,
    ],
    ['traversal in the middle', 'INPUT_INVALID', rawTar(rawMember({ name: 'a/../../x' })), /refused/],
    [
      'traversal by PAX',
      'INPUT_INVALID',
      rawTar(rawPax([['path', '../x']]), rawMember({ name: 'ok' })),
      /refused/,
    ],
    [
      'traversal by a hard link',
      'INPUT_INVALID',
      rawTar(rawMember({ name: 'l', typeflag: '1', linkName: '../../etc/shadow' })),
      /"l" is refused/,
    ],
    [
      'a path too deep',
      'INPUT_INVALID',
      rawTar(rawPax([['path', 'a/'.repeat(600)]]), rawMember({})),
      /too deep/,
    ],
    [
      'a path too long',
      'INPUT_INVALID',
      rawTar(rawPax([['path', 'a'.repeat(5_000)]]), rawMember({})),
      /too long/,
    ],
    [
      'a symbolic link to a megabyte',
      'LIMIT_EXCEEDED',
      rawTar(rawPax([['linkpath', 'a'.repeat(500_000)]]), rawMember({ typeflag: '2' })),
      /links to/,
    ],
    ['a NUL in a path', 'INPUT_INVALID', rawTar(rawPax([['path', 'a\0b']]), rawMember({})), /NUL/],
    ['a file in place of the root', 'INPUT_INVALID', rawTar(rawMember({ name: './' })), /root/],
    ['a whiteout of its own folder', 'INPUT_INVALID', rawTar(rawMember({ name: 'a/.wh..' })), /whiteout/],
    [
      '4 GB of PAX header',
      'LIMIT_EXCEEDED',
      rawHeader({ typeflag: 'x', size: 0o37777777777 }),
      /extension header/,
    ],
    [
      '8 GB of long name',
      'LIMIT_EXCEEDED',
      rawHeader({ typeflag: 'L', size: '77777777777\0' }),
      /extension header/,
    ],
    ['a negative size', 'INPUT_INVALID', rawHeader({ size: Buffer.alloc(12, 0xff) }), /size/],
    [
      'a negative size of few bits',
      'INPUT_INVALID',
      rawHeader({ size: Buffer.from('c00000000000000000000005', 'hex') }),
      /size/,
    ],
    [
      'a size beyond 2^53',
      'INPUT_INVALID',
      rawHeader({ size: Buffer.from('80ffffffffffffffffffffff', 'hex') }),
      /size/,
    ],
    ['a size beyond any layer', 'LIMIT_EXCEEDED', rawHeader({ size: base256(2 ** 50, 12) }), /claims/],
    ['a size that is no number', 'INPUT_INVALID', rawHeader({ size: '12x' }), /size/],
    [
      'a PAX size that is no number',
      'INPUT_INVALID',
      rawTar(rawPax([['size', '-5']]), rawMember({})),
      /size/,
    ],
    [
      'PAX records without an equals sign',
      'INPUT_INVALID',
      rawTar(rawMember({ typeflag: 'x' }, '9 path a\n'), after),
      /record/,
    ],
    [
      'PAX records that claim too much',
      'INPUT_INVALID',
      rawTar(rawMember({ typeflag: 'x' }, '999 path=a\n'), after),
      /record/,
    ],
    [
      'PAX records of no length',
      'INPUT_INVALID',
      rawTar(rawMember({ typeflag: 'x' }, '0 path=a\n'), after),
      /record/,
    ],
    [
      'PAX records of garbage',
      'INPUT_INVALID',
      rawTar(rawMember({ typeflag: 'x' }, 'garbage'), after),
      /record/,
    ],
    [
      'a global PAX header that renames all',
      'INPUT_INVALID',
      rawTar(rawPax([['path', 'x']], 'g'), after),
      /global/,
    ],
    [
      'a global PAX header that resizes all',
      'INPUT_INVALID',
      rawTar(rawPax([['size', '0']], 'g'), after),
      /global/,
    ],
  ])('%s', async (_, code, bytes, message) => {
    const failure = walked(bytes, 4_096);
    await expect(failure).rejects.toMatchObject({ code, where: 'layer' });
    await expect(failure).rejects.toThrow(message);
  });

  test('a size that hides the next header gives no more than it says', async () => {
    const hidden = rawMember({ name: 'hidden' }, 'x');
    const bytes = rawTar(rawMember({ name: 'a', size: hidden.length }), hidden, after);
    expect((await walked(bytes)).map((entry) => entry.path)).toEqual(['a', 'after']);
  });

  test('links in a circle are members like others', async () => {
    const link = (name: string, linkName: string): Buffer => rawMember({ name, typeflag: '2', linkName });
    expect(await walked(rawTar(link('a', 'b'), link('b', 'a'), link('c', 'c')))).toHaveLength(3);
  });
});

describe('the contract with the handler', () => {
  const bytes = rawTar(
    rawMember({ name: 'a' }, 'x'.repeat(2_000)),
    rawMember({ name: 'empty' }),
    rawMember({ name: 'd', typeflag: '5' }),
    rawMember({ name: 'b' }, 'yy'),
  );

  test('bodies go to whom asks for them, each with an end', async () => {
    const calls: string[] = [];
    const handler = {
      entry: (entry: Entry) => calls.push(entry.path) > 0 && entry.path !== 'a',
      data: (chunk: Uint8Array) => calls.push(`data ${chunk.length}`),
      end: () => calls.push('end'),
    };
    await walkTar(cut(bytes, 100_000), handler, { where: 'layer' });
    expect(calls).toEqual(['a', 'empty', 'end', 'd', 'end', 'b', 'data 2', 'end']);
  });

  test('where a body lies is known while its member is offered', () => {
    const offsets: number[] = [];
    const walker = new TarWalker({ ...silent, entry: () => offsets.push(walker.bodyOffset) < 0 }, 'layer');
    for (let at = 0; at < bytes.length; at += 700) walker.push(bytes.subarray(at, at + 700));
    expect(walker.end()).toEqual({ entries: 4, bytes: bytes.length });
    expect(offsets).toEqual([512, 3_072, 3_584, 4_096]);
  });

  test('errors of the handler and of the chunks come through; a signal ends the walk', async () => {
    const failing = {
      ...silent,
      entry: () => {
        throw new RangeError('mine');
      },
    };
    await expect(walkTar(cut(bytes, 512), failing, { where: 'layer' })).rejects.toThrow(
      new RangeError('mine'),
    );
    const signal = AbortSignal.abort(new RangeError('stop'));
    await expect(walkTar(cut(bytes, 512), silent, { where: 'layer', signal })).rejects.toThrow('stop');
  });
});

const silent = { entry: () => false, data: () => undefined, end: () => undefined };

async function walked(
  bytes: Buffer,
  chunk = 65_536,
  wants: (entry: Entry) => boolean = (entry) => entry.type === 'file',
): Promise<Seen[]> {
  const seen: Seen[] = [];
  let parts: Buffer[] = [];
  let current: Entry | undefined;
  const handler = {
    entry: (entry: Entry) => {
      expect(current).toBeUndefined();
      if (!wants(entry)) return seen.push(entry) < 0;
      current = entry;
      parts = [];
      return true;
    },
    data: (part: Uint8Array) => {
      if (parts.push(Buffer.from(part)) > 100_000) throw new RangeError('a body without end');
    },
    end: () => {
      if (current !== undefined) seen.push({ ...current, body: Buffer.concat(parts).toString('latin1') });
      current = undefined;
    },
  };
  await walkTar(cut(bytes, chunk), handler, { where: 'layer' });
  return seen;
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function base256(value: number, width: number): Buffer {
  const field = Buffer.alloc(width);
  field.writeBigUInt64BE(BigInt(value), width - 8);
  field[0] = (field[0] ?? 0) | 0x80;
  return field;
}
