import fc from 'fast-check';
import { extract, type Header, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { GNU_MAGIC, rawMember, rawPax, rawTar } from '../../test/kit/raw-tar.ts';
import { PratiqueError } from '../kit/index.ts';
import { type Entry, TarWalker } from './index.ts';

/** Archives that tar-stream writes and reads are the measure; it knows no sparse files and does not clean paths. */
const TYPES = {
  file: 'file',
  directory: 'folder',
  symlink: 'symlink',
  link: 'hardlink',
  'character-device': 'other',
  'block-device': 'other',
  fifo: 'other',
} as const;

interface Listed extends Entry {
  readonly body: string;
}

const name = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_.é-]{1,40}$/).filter((part) => !/^\.+$|^\.wh\./.test(part)),
      fc.constant('x'.repeat(90)),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => parts.join('/'));

const member = fc.record({
  name,
  type: fc.constantFrom(...(Object.keys(TYPES) as (keyof typeof TYPES)[])),
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.nat(0o7777777), fc.nat(65_535)),
  gid: fc.nat(0o7777777),
  linkname: name,
  body: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.nat(3_000).map((length) => new Uint8Array(length).fill(65)),
  ),
});

const splits = fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 20 });

test('archives of tar-stream are read as tar-stream reads them, however the chunks fall', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(member, { maxLength: 12 }), splits, async (members, sizes) => {
      const archive = await written(members);
      expect(walked(archive, sizes)).toEqual(await oracle(archive));
    }),
    { numRuns: 150 },
  );
});

test('whatever bytes of an archive are changed, it is read or refused, in the same way for all chunks', () => {
  const archive = rawTar(
    rawPax([
      ['path', 'a/b'],
      ['size', '600'],
    ]),
    rawMember({ name: 'short' }, 'b'.repeat(600)),
    rawMember({ typeflag: 'L', magic: GNU_MAGIC }, `${'n'.repeat(120)}\0`),
    rawMember({ typeflag: '2', linkName: 'x', magic: GNU_MAGIC }),
    rawMember(
      {
        name: 's',
        typeflag: 'S',
        magic: GNU_MAGIC,
        patches: { 386: '00000001000\x0000000000004\0', 483: '00000002000\0' },
      },
      'tape',
    ),
    rawPax([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '900'],
    ]),
    rawMember({ name: 't' }, `1\n100\n3\n${'\0'.repeat(504)}abc`),
    rawMember({ name: 'd/', typeflag: '5' }),
  );
  const change = fc.record({
    at: fc.nat(archive.length - 1),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 48, 49, 55, 128, 255)),
    fix: fc.boolean(),
  });
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.nat(archive.length),
      splits,
      (changes, length, sizes) => {
        const bytes = Buffer.from(archive.subarray(0, length % 3 === 0 ? length : archive.length));
        for (const { at, byte, fix } of changes) {
          if (at >= bytes.length) continue;
          bytes[at] = byte;
          // A wrong checksum would hide what the change does to the field.
          if (fix) fixChecksum(bytes, at - (at % 512));
        }
        const outcome = attempt(bytes, sizes);
        expect(outcome).toEqual(attempt(bytes, [bytes.length || 1]));
        if (typeof outcome === 'string') refused++;
      },
    ),
    { numRuns: 3_000 },
  );
  expect(refused).toBeGreaterThan(100);
});

function attempt(bytes: Buffer, sizes: readonly number[]): Listed[] | string {
  try {
    return walked(bytes, sizes);
  } catch (error) {
    if (!(error instanceof PratiqueError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

type Member = typeof member extends fc.Arbitrary<infer M> ? M : never;

async function written(members: readonly Member[]): Promise<Buffer> {
  const archive = pack();
  for (const { body, linkname, ...header } of members) {
    const isLink = header.type === 'link' || header.type === 'symlink';
    archive.entry(
      { ...header, ...(isLink && { linkname }) },
      header.type === 'file' ? Buffer.from(body) : '',
    );
  }
  archive.finalize();
  return joined(archive);
}

async function oracle(archive: Buffer): Promise<Listed[]> {
  const listed: Listed[] = [];
  const reading = extract();
  reading.end(archive);
  for await (const entry of reading)
    listed.push(asListed(entry.header, (await joined(entry)).toString('latin1')));
  return listed;
}

function asListed(header: Header, body: string): Listed {
  const { mode, uid, gid, linkname } = header;
  const type = TYPES[header.type as keyof typeof TYPES];
  const path = header.name.replace(/\/$/, '');
  const isLink = type === 'symlink' || type === 'hardlink';
  return { path, type, size: body.length, mode, uid, gid, ...(isLink && { linkTarget: linkname }), body };
}

const KEPT_BYTES = 64 * 1024;

function walked(archive: Buffer, sizes: readonly number[]): Listed[] {
  const listed: Listed[] = [];
  let parts: Buffer[] = [];
  let length = 0;
  const walker = new TarWalker(
    {
      entry: (entry) => {
        parts = [];
        length = 0;
        listed.push({ ...entry, body: '' });
        return true;
      },
      // A changed sparse map may claim gigabytes of holes: beyond the first bytes only the length is compared.
      data: (chunk) => {
        if (length < KEPT_BYTES) parts.push(Buffer.from(chunk));
        length += chunk.length;
      },
      end: () => {
        const last = listed.pop();
        const body = Buffer.concat(parts).subarray(0, KEPT_BYTES).toString('latin1');
        if (last !== undefined)
          listed.push({ ...last, body: length > KEPT_BYTES ? `${body} of ${length}` : body });
      },
    },
    'layer',
  );
  for (let at = 0, n = 0; at < archive.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    walker.push(archive.subarray(at, at + size));
    at += size;
  }
  walker.end();
  return listed;
}

function fixChecksum(bytes: Buffer, at: number): void {
  if (at + 512 > bytes.length) return;
  bytes.fill(' ', at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((all, byte) => all + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}

async function joined(chunks: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) if (chunk instanceof Uint8Array) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}
