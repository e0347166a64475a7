/** Minimal programs with Go build information, made by hand: headers, read-only data, writable data. */

export interface GoProgram {
  readonly goVersion?: string;
  /** Lines of the module list, without its frame; undefined for a program without modules. */
  readonly modules?: string;
  readonly format?: 'elf64' | 'elf32' | 'elf64-big' | 'pe64' | 'pe32' | 'macho64' | 'macho32' | 'fat';
  /** Build information as addresses, as before Go 1.18. */
  readonly pointers?: boolean;
  /** Bytes in the read-only data, before all else. */
  readonly readOnly?: Uint8Array;
  /** Bytes in the writable data, in front of the build information; filled up to the alignment. */
  readonly before?: Uint8Array;
  /** Go's note in an ELF file (true unless told). */
  readonly note?: boolean;
}

const HEADER_BYTES = 0x1000;
const READ_ONLY_ADDRESS = 0x401000;
const MARK = [
  Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex'),
  Buffer.from('f932433186182072008242104116d8f2', 'hex'),
];

export const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');

export function goProgram(options: GoProgram = {}): Buffer {
  const {
    goVersion = 'go1.22.3',
    format = 'elf64',
    before = new Uint8Array(),
    readOnly = new Uint8Array(),
  } = options;
  const wide = format !== 'elf32' && format !== 'pe32' && format !== 'macho32';
  const little = format !== 'elf64-big';
  const modules = framed(options.modules);
  const texts = Buffer.concat([readOnly, Buffer.from(goVersion), modules]);
  const constant = padded(texts, 0x1000);
  const front = padded(before, 16);
  const dataAddress = READ_ONLY_ADDRESS + constant.length;
  const info =
    options.pointers === true
      ? pointerInfo(
          wide,
          little,
          dataAddress + front.length,
          READ_ONLY_ADDRESS + readOnly.length,
          goVersion,
          modules,
        )
      : inlineInfo(goVersion, modules);
  const data = padded(Buffer.concat([front, info]), 0x200);
  const headers = headersOf(format, constant.length, data.length, options.note !== false);
  return Buffer.concat([headers, constant, data]);
}

export function inlineInfo(goVersion: string, modules: Uint8Array): Buffer {
  const header = Buffer.alloc(32);
  MAGIC.copy(header);
  header[14] = 8;
  header[15] = 2;
  const version = Buffer.from(goVersion);
  return Buffer.concat([header, varint(version.length), version, varint(modules.length), modules]);
}

/** The module list between its two marks. */
export function framed(modules: string | undefined): Buffer {
  if (modules === undefined) return Buffer.alloc(0);
  return Buffer.concat([MARK[0] as Buffer, Buffer.from(modules), MARK[1] as Buffer]);
}

/** Header with two addresses, followed by the two Go strings (address, length) that they point to. */
function pointerInfo(
  wide: boolean,
  little: boolean,
  address: number,
  texts: number,
  goVersion: string,
  modules: Buffer,
): Buffer {
  const bytes = wide ? 8 : 4;
  const header = Buffer.alloc(32);
  MAGIC.copy(header);
  header[14] = bytes;
  header[15] = little ? 0 : 1;
  const words = [
    texts,
    goVersion.length,
    modules.length === 0 ? 0 : texts + goVersion.length,
    modules.length,
  ].map((value) => word(value, wide, little));
  word(address + 32, wide, little).copy(header, 16);
  word(address + 32 + 2 * bytes, wide, little).copy(header, 16 + bytes);
  return Buffer.concat([header, ...words]);
}

function headersOf(format: string, constantBytes: number, dataBytes: number, note: boolean): Buffer {
  const parts = [
    { offset: HEADER_BYTES, size: constantBytes, address: READ_ONLY_ADDRESS, writable: false },
    {
      offset: HEADER_BYTES + constantBytes,
      size: dataBytes,
      address: READ_ONLY_ADDRESS + constantBytes,
      writable: true,
    },
  ];
  if (format.startsWith('elf')) return elf(parts, format !== 'elf32', format !== 'elf64-big', note);
  if (format.startsWith('pe')) return pe(parts, format === 'pe64');
  if (format.startsWith('macho')) return macho(parts, format === 'macho64');
  return fat(constantBytes + dataBytes);
}

interface Part {
  readonly offset: number;
  readonly size: number;
  readonly address: number;
  readonly writable: boolean;
}

function elf(parts: readonly Part[], wide: boolean, little: boolean, note: boolean): Buffer {
  const out = Buffer.alloc(HEADER_BYTES);
  const at = new Writer(out, wide, little);
  out.write('\x7fELF', 'latin1');
  out[4] = wide ? 2 : 1;
  out[5] = little ? 1 : 2;
  at.u16(16, 2);
  const table = wide ? 64 : 52;
  const entryBytes = wide ? 56 : 32;
  at.word(wide ? 32 : 28, table);
  at.u16(wide ? 54 : 42, entryBytes);
  at.u16(wide ? 56 : 44, parts.length + 1);
  for (const [index, part] of [
    ...parts,
    { offset: 0xf00, size: 16, address: 0, writable: false },
  ].entries()) {
    const entry = table + index * entryBytes;
    at.u32(entry, index < parts.length ? 1 : 4);
    at.u32(entry + (wide ? 4 : 24), part.writable ? 6 : 4);
    at.word(entry + (wide ? 8 : 4), part.offset);
    at.word(entry + (wide ? 16 : 8), part.address);
    at.word(entry + (wide ? 32 : 16), part.size);
  }
  at.u32(0xf00, 4);
  at.u32(0xf08, 4);
  out.write(note ? 'Go\0\0' : 'GNU\0', 0xf0c);
  return out;
}

function pe(parts: readonly Part[], wide: boolean): Buffer {
  const out = Buffer.alloc(HEADER_BYTES);
  const at = new Writer(out, wide, true);
  const base = 0x400000;
  out.write('MZ');
  at.u32(0x3c, 0x80);
  out.write('PE\0\0', 0x80);
  at.u16(0x86, parts.length);
  at.u16(0x94, 0xe0);
  at.u16(0x98, wide ? 0x20b : 0x10b);
  if (wide) at.word(0x98 + 24, base);
  else at.u32(0x98 + 28, base);
  for (const [index, part] of parts.entries()) {
    const entry = 0x98 + 0xe0 + index * 40;
    at.u32(entry + 8, part.size);
    at.u32(entry + 12, part.address - base);
    at.u32(entry + 16, part.size);
    at.u32(entry + 20, part.offset);
    at.u32(entry + 36, part.writable ? 0xc0000040 : 0x40000040);
  }
  return out;
}

function macho(parts: readonly Part[], wide: boolean): Buffer {
  const out = Buffer.alloc(HEADER_BYTES);
  const at = new Writer(out, wide, true);
  at.u32(0, wide ? 0xfeedfacf : 0xfeedface);
  at.u32(16, parts.length + 1);
  let entry = wide ? 32 : 28;
  at.u32(entry, 0x1b);
  at.u32(entry + 4, 24);
  entry += 24;
  for (const part of parts) {
    at.u32(entry, wide ? 0x19 : 1);
    at.u32(entry + 4, wide ? 72 : 56);
    at.word(entry + 24, part.address);
    at.word(entry + (wide ? 40 : 32), part.offset);
    at.word(entry + (wide ? 48 : 36), part.size);
    at.u32(entry + (wide ? 60 : 44), part.writable ? 3 : 1);
    entry += wide ? 72 : 56;
  }
  return out;
}

function fat(bytes: number): Buffer {
  const out = Buffer.alloc(HEADER_BYTES);
  const at = new Writer(out, false, false);
  for (const [index, value] of [0xcafebabe, 1, 0, 0, HEADER_BYTES, bytes].entries()) at.u32(index * 4, value);
  return out;
}

class Writer {
  readonly #out: Buffer;
  readonly #wide: boolean;
  readonly #little: boolean;

  constructor(out: Buffer, wide: boolean, little: boolean) {
    this.#out = out;
    this.#wide = wide;
    this.#little = little;
  }

  u16(at: number, value: number): void {
    if (this.#little) this.#out.writeUInt16LE(value, at);
    else this.#out.writeUInt16BE(value, at);
  }

  u32(at: number, value: number): void {
    word(value, false, this.#little).copy(this.#out, at);
  }

  word(at: number, value: number): void {
    word(value, this.#wide, this.#little).copy(this.#out, at);
  }
}

function word(value: number, wide: boolean, little: boolean): Buffer {
  const out = Buffer.alloc(wide ? 8 : 4);
  if (wide && little) out.writeBigUInt64LE(BigInt(value));
  else if (wide) out.writeBigUInt64BE(BigInt(value));
  else if (little) out.writeUInt32LE(value);
  else out.writeUInt32BE(value);
  return out;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push(left >= 128 ? (left % 128) + 128 : left);
    if (left < 128) return Buffer.from(bytes);
  }
}

function padded(bytes: Uint8Array, to: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);
}
