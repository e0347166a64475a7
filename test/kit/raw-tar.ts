/** A tar header field by field, for archives that no writer would make. */
export interface RawHeader {
  readonly name?: string | Buffer;
  readonly typeflag?: string;
  /** A number is written in octal; text and bytes go in as they are. */
  readonly size?: number | string | Buffer;
  readonly mode?: number | string;
  readonly uid?: number | string | Buffer;
  readonly gid?: number | string;
  readonly linkName?: string;
  /** `ustar\0` and `00` unless told; `ustar  \0` for GNU's format, empty for v7. */
  readonly magic?: string;
  readonly prefix?: string;
  /** Written over all else, by offset, before the checksum is taken. */
  readonly patches?: Readonly<Record<number, string | Buffer>>;
  /** `signed` sums bytes as some old writers did; a number is written as it is. */
  readonly checksum?: 'signed' | number;
}

export const GNU_MAGIC = 'ustar  \0';

/** One header block with its checksum. */
export function rawHeader(header: RawHeader): Buffer {
  const block = Buffer.alloc(512);
  put(block, 0, header.name ?? 'file');
  put(block, 100, number(header.mode ?? 0o644, 8));
  put(block, 108, number(header.uid ?? 0, 8));
  put(block, 116, number(header.gid ?? 0, 8));
  put(block, 124, number(header.size ?? 0, 12));
  put(block, 136, number(0, 12));
  put(block, 156, header.typeflag ?? '0');
  put(block, 157, header.linkName ?? '');
  put(block, 257, header.magic ?? 'ustar\x0000');
  put(block, 345, header.prefix ?? '');
  for (const [at, bytes] of Object.entries(header.patches ?? {})) put(block, Number(at), bytes);
  block.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of block) sum += header.checksum === 'signed' && byte > 127 ? byte - 256 : byte;
  if (typeof header.checksum === 'number') sum = header.checksum;
  put(block, 148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A header and its body, filled up to whole blocks. */
export function rawMember(header: RawHeader, body: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([rawHeader({ size: bytes.length, ...header }), padded(bytes)]);
}

/** An extended header (`x`, or `g` for all members) with these records. */
export function rawPax(records: readonly (readonly [string, string | Buffer])[], typeflag = 'x'): Buffer {
  return rawMember(
    { name: 'PaxHeaders/x', typeflag },
    Buffer.concat(records.map(([key, value]) => paxRecord(key, value))),
  );
}

export function rawTar(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function put(block: Buffer, at: number, bytes: string | Buffer): void {
  (typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes).copy(block, at);
}

function number(value: number | string | Buffer, width: number): string | Buffer {
  return typeof value === 'number' ? `${value.toString(8).padStart(width - 1, '0')}\0` : value;
}
