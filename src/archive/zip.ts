import { Readable } from 'node:stream';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { LIMITS, messageOf, PratiqueError } from '../kit/index.ts';
import { decodeName } from './names.ts';
import { type RandomAccess, WindowReader } from './window.ts';
import { DirectoryCursor, type DirectoryRecord, findDirectory } from './zip-directory.ts';

/** One member of a zip, as its central directory tells it; nothing of its body is read before `open` or `bytes`. */
export interface ZipMember {
  /** As written: may be absolute, hold `..` or end with `/` (a folder). Never use it as a path on disk. */
  readonly name: string;
  readonly compressedSize: number;
  /** Unpacked bytes, a claim until the body was read. */
  readonly size: number;
  /**
   * The unpacked body in chunks; checked against size and CRC-32 at its end.
   * Throws LIMIT_EXCEEDED, INPUT_INVALID, UNSUPPORTED (encrypted, or a method other than stored and deflate).
   */
  open(): AsyncIterable<Uint8Array>;
  /** The whole unpacked body. Throws as `open` does. */
  bytes(): Promise<Buffer>;
}

export interface ZipOptions {
  /** What errors name. */
  readonly where?: string;
  readonly maxEntries?: number;
  /** Unpacked bytes of one member; only a member that is read is held to it. */
  readonly maxMemberBytes?: number;
  readonly maxDirectoryBytes?: number;
}

const CHUNK_BYTES = 256 * 1024;
const DATA_WINDOW_BYTES = 1024 * 1024;
const LOCAL_HEADER_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
/** Local extra fields are often longer than central ones (extended timestamps, alignment padding). */
const LOCAL_EXTRA_GUESS_BYTES = 64;
const ENCRYPTED = 0x0001;
const STORED = 0;
const DEFLATED = 8;

/**
 * The members of a zip in the order of its central directory, which is the authority: local headers only say
 * where a body starts. Reads a window at a time, so members that lie in order cost few reads and little memory.
 * Members stay readable while the source is. Throws INPUT_INVALID, LIMIT_EXCEEDED, UNSUPPORTED.
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
 */
export async function* zipMembers(source: RandomAccess, options: ZipOptions = {}): AsyncIterable<ZipMember> {
  const zip = new Zip(source, options);
  const directory = await findDirectory(source, zip.where);
  const maxEntries = options.maxEntries ?? LIMITS.zipEntries;
  const maxBytes = options.maxDirectoryBytes ?? LIMITS.zipDirectoryBytes;
  if (directory.entries > maxEntries) throw zip.beyond(`it has more than ${maxEntries} members`);
  if (directory.size > maxBytes) throw zip.beyond(`its directory is larger than ${maxBytes} bytes`);
  const cursor = new DirectoryCursor(source, directory, zip.where);
  let packed = 0;
  for (let index = 0; index < directory.entries; index++) {
    const record = await cursor.next();
    packed += record.compressedSize;
    // Bodies that share bytes are how a small zip claims petabytes.
    if (packed > source.size) throw zip.wrong(`member ${shown(record)} overlaps another one`);
    yield new Member(zip, record);
  }
}

class Member implements ZipMember {
  readonly name: string;
  readonly compressedSize: number;
  readonly size: number;
  readonly #zip: Zip;
  readonly #record: DirectoryRecord;

  constructor(zip: Zip, record: DirectoryRecord) {
    this.#zip = zip;
    this.#record = record;
    this.name = decodeName(record.name);
    this.compressedSize = record.compressedSize;
    this.size = record.size;
  }

  open(): AsyncIterable<Uint8Array> {
    return this.#zip.stream(this.#record);
  }

  bytes(): Promise<Buffer> {
    return this.#zip.whole(this.#record);
  }
}

class Zip {
  readonly where: string;
  readonly #source: RandomAccess;
  readonly #window: WindowReader;
  readonly #maxMemberBytes: number;

  constructor(source: RandomAccess, options: ZipOptions) {
    this.where = options.where ?? 'zip';
    this.#source = source;
    this.#window = new WindowReader(source, DATA_WINDOW_BYTES, this.where);
    this.#maxMemberBytes = options.maxMemberBytes ?? LIMITS.zipMemberBytes;
  }

  async whole(record: DirectoryRecord): Promise<Buffer> {
    this.#check(record);
    if (record.compressedSize > this.#maxMemberBytes)
      throw this.beyond(`member ${shown(record)} is larger than ${this.#maxMemberBytes} bytes`);
    const start = await this.#bodyStart(record);
    const packed = await this.#window.read(start, record.compressedSize);
    const body = record.method === STORED ? Buffer.from(packed) : this.#inflateWhole(record, packed);
    this.#verify(record, body.length, crc32(body));
    return body;
  }

  async *stream(record: DirectoryRecord): AsyncIterable<Uint8Array> {
    this.#check(record);
    // A stream per small member would cost ten times what the member does.
    if (record.size <= CHUNK_BYTES && record.compressedSize <= CHUNK_BYTES) {
      yield await this.whole(record);
      return;
    }
    let size = 0;
    let sum = 0;
    for await (const chunk of record.method === STORED ? this.#packed(record) : this.#inflated(record)) {
      size += chunk.length;
      if (size > record.size) break;
      sum = crc32(chunk, sum);
      yield chunk;
    }
    this.#verify(record, size, sum);
  }

  wrong(message: string, cause?: unknown): PratiqueError {
    return new PratiqueError('INPUT_INVALID', `${this.where}: ${message}`, { where: this.where, cause });
  }

  beyond(message: string): PratiqueError {
    return new PratiqueError('LIMIT_EXCEEDED', `${this.where}: ${message}`, { where: this.where });
  }

  #check(record: DirectoryRecord): void {
    if ((record.flags & ENCRYPTED) !== 0) throw this.#unsupported(`member ${shown(record)} is encrypted`);
    if (record.method !== STORED && record.method !== DEFLATED)
      throw this.#unsupported(`member ${shown(record)} is packed with method ${record.method}`);
    if (record.size > this.#maxMemberBytes)
      throw this.beyond(`member ${shown(record)} is larger than ${this.#maxMemberBytes} bytes`);
    if (record.method === STORED && record.size !== record.compressedSize)
      throw this.wrong(`member ${shown(record)} is stored, but its two sizes differ`);
  }

  #unsupported(message: string): PratiqueError {
    return new PratiqueError('UNSUPPORTED', `${this.where}: ${message}`, { where: this.where });
  }

  #verify(record: DirectoryRecord, size: number, sum: number): void {
    if (size !== record.size)
      throw this.wrong(`member ${shown(record)} is not of the size that the directory gives`);
    if (sum !== record.crc) throw this.wrong(`member ${shown(record)} does not match its checksum`);
  }

  /** Where the body starts; asks for enough that a body of usual size is in the window afterwards. */
  async #bodyStart(record: DirectoryRecord): Promise<number> {
    const guess = LOCAL_HEADER_BYTES + record.name.length + LOCAL_EXTRA_GUESS_BYTES + record.compressedSize;
    await this.#window.prefetch(record.offset, Math.min(guess, DATA_WINDOW_BYTES));
    const head = await this.#window.read(record.offset, LOCAL_HEADER_BYTES);
    if (head.readUInt32LE(0) !== LOCAL_SIGNATURE)
      throw this.wrong(`member ${shown(record)} is not where the directory says`);
    return record.offset + LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  }

  #inflateWhole(record: DirectoryRecord, packed: Uint8Array): Buffer {
    try {
      return inflateRawSync(packed, {
        maxOutputLength: record.size + 1,
        chunkSize: chunkSizeFor(record.size),
      });
    } catch (error) {
      throw this.wrong(`member ${shown(record)} does not unpack: ${messageOf(error)}`, error);
    }
  }

  async *#packed(record: DirectoryRecord): AsyncIterable<Buffer> {
    const reader = new WindowReader(this.#source, 0, this.where);
    let offset = await this.#bodyStart(record);
    const end = offset + record.compressedSize;
    while (offset < end) {
      const chunk = await reader.read(offset, Math.min(CHUNK_BYTES, end - offset));
      offset += chunk.length;
      yield chunk;
    }
  }

  async *#inflated(record: DirectoryRecord): AsyncIterable<Buffer> {
    const packed = Readable.from(this.#packed(record), { objectMode: false });
    const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
    packed.on('error', (error) => inflate.destroy(error));
    try {
      yield* packed.pipe(inflate);
    } catch (error) {
      if (error instanceof PratiqueError) throw error;
      throw this.wrong(`member ${shown(record)} does not unpack: ${messageOf(error)}`, error);
    } finally {
      packed.destroy();
      inflate.destroy();
    }
  }
}

/** One byte more than claimed, so that a body of the right size needs one round and a longer one is noticed. */
function chunkSizeFor(size: number): number {
  return Math.max(64, Math.min(size + 1, CHUNK_BYTES));
}

function shown(record: DirectoryRecord): string {
  return JSON.stringify(decodeName(record.name).slice(0, 200));
}
