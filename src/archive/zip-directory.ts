import { PratiqueError } from '../kit/index.ts';
import { type RandomAccess, WindowReader } from './window.ts';

/** Where the central directory lies. */
export interface DirectoryPlace {
  readonly offset: number;
  readonly size: number;
  readonly entries: number;
  /** What to add to every offset in the zip: the length of what was put before it (a start script). */
  readonly base: number;
}

export interface DirectoryRecord {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Of the local header, from the start of the source. */
  readonly offset: number;
}

const WINDOW_BYTES = 256 * 1024;
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const RECORD_SIGNATURE = 0x02014b50;
const RECORD_BYTES = 46;
const ZIP64_FIELD = 0x0001;
const MAX16 = 0xffff;
const MAX32 = 0xffffffff;

/** Throws INPUT_INVALID where there is none, UNSUPPORTED for a zip in several volumes. */
export async function findDirectory(source: RandomAccess, where: string): Promise<DirectoryPlace> {
  const tailBytes = Math.min(source.size, END_BYTES + MAX_COMMENT_BYTES + LOCATOR_BYTES);
  const tailStart = source.size - tailBytes;
  const tail = await new WindowReader(source, 0, where).read(tailStart, tailBytes);
  const at = endRecordIn(tail);
  if (at === undefined) throw wrong(where, 'not a zip, or cut off: it has no end record');
  const offset = tail.readUInt32LE(at + 16);
  const size = tail.readUInt32LE(at + 12);
  const entries = tail.readUInt16LE(at + 10);
  if (entries === MAX16 || size === MAX32 || offset === MAX32) {
    const locator = at - LOCATOR_BYTES;
    if (locator >= 0 && tail.readUInt32LE(locator) === LOCATOR_SIGNATURE) {
      return zip64Place(source, tail.subarray(locator, at), tailStart + locator, where);
    }
  }
  if (tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 6) !== 0) throw volumes(where);
  return placeAt({ offset, size, entries, end: tailStart + at }, where);
}

/** Walks the records of the central directory, one window at a time. */
export class DirectoryCursor {
  readonly #reader: WindowReader;
  readonly #place: DirectoryPlace;
  readonly #where: string;
  readonly #end: number;
  #offset: number;

  constructor(source: RandomAccess, place: DirectoryPlace, where: string) {
    this.#reader = new WindowReader(source, WINDOW_BYTES, where);
    this.#place = place;
    this.#where = where;
    this.#offset = place.offset;
    this.#end = place.offset + place.size;
  }

  async next(): Promise<DirectoryRecord> {
    const head = await this.#take(RECORD_BYTES);
    if (head.readUInt32LE(0) !== RECORD_SIGNATURE) throw wrong(this.#where, 'its directory is damaged');
    const nameBytes = head.readUInt16LE(28);
    const extraBytes = head.readUInt16LE(30);
    const rest = await this.#take(nameBytes + extraBytes + head.readUInt16LE(32));
    const record = {
      // A copy: a view would keep the whole window alive for as long as the member is.
      name: Buffer.from(rest.subarray(0, nameBytes)),
      flags: head.readUInt16LE(8),
      method: head.readUInt16LE(10),
      crc: head.readUInt32LE(16),
      compressedSize: head.readUInt32LE(20),
      size: head.readUInt32LE(24),
      offset: head.readUInt32LE(42),
    };
    const whole = this.#withZip64(record, rest.subarray(nameBytes, nameBytes + extraBytes));
    const offset = whole.offset + this.#place.base;
    if (offset + whole.compressedSize > this.#place.offset)
      throw wrong(this.#where, 'a member lies beyond the directory');
    return { ...whole, offset };
  }

  async #take(length: number): Promise<Buffer> {
    if (this.#offset + length > this.#end)
      throw wrong(this.#where, 'its directory is shorter than its end record says');
    const bytes = await this.#reader.read(this.#offset, length);
    this.#offset += length;
    return bytes;
  }

  /** Source: APPNOTE section 4.5.3: only the fields that are all ones are there, in this order. */
  #withZip64(record: DirectoryRecord, extra: Buffer): DirectoryRecord {
    if (record.size !== MAX32 && record.compressedSize !== MAX32 && record.offset !== MAX32) return record;
    const field = extraField(extra, ZIP64_FIELD);
    if (field === undefined) return record;
    let at = 0;
    const next = (value: number): number => {
      if (value !== MAX32) return value;
      if (at + 8 > field.length) throw wrong(this.#where, 'a zip64 field is too short');
      at += 8;
      return number64(field, at - 8, this.#where);
    };
    const size = next(record.size);
    const compressedSize = next(record.compressedSize);
    return { ...record, size, compressedSize, offset: next(record.offset) };
  }
}

/** The last end record whose comment fits: a comment may itself hold the signature. */
function endRecordIn(tail: Buffer): number | undefined {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== END_SIGNATURE) continue;
    if (at + END_BYTES + tail.readUInt16LE(at + 20) <= tail.length) return at;
  }
  return undefined;
}

async function zip64Place(
  source: RandomAccess,
  locator: Buffer,
  locatorAt: number,
  where: string,
): Promise<DirectoryPlace> {
  const reader = new WindowReader(source, 0, where);
  const stated = number64(locator, 8, where);
  // With something put before the zip, the record is right before its locator and not where that says.
  for (const at of [stated, locatorAt - END64_BYTES]) {
    if (at < 0 || at + END64_BYTES > locatorAt) continue;
    const end = await reader.read(at, END64_BYTES);
    if (end.readUInt32LE(0) !== END64_SIGNATURE) continue;
    if (end.readUInt32LE(16) !== 0 || end.readUInt32LE(20) !== 0) throw volumes(where);
    const offset = number64(end, 48, where);
    const size = number64(end, 40, where);
    return placeAt({ offset, size, entries: number64(end, 32, where), end: at }, where);
  }
  throw wrong(where, 'its zip64 end record is missing');
}

function placeAt(
  stated: { offset: number; size: number; entries: number; end: number },
  where: string,
): DirectoryPlace {
  const base = stated.end - stated.size - stated.offset;
  if (base < 0) throw wrong(where, 'its directory does not fit before its end record');
  // Each record is at least this long, so a lie about their number is found before the first one.
  if (stated.entries * RECORD_BYTES > stated.size)
    throw wrong(where, 'its directory is too short for its members');
  return { offset: stated.offset + base, size: stated.size, entries: stated.entries, base };
}

function extraField(extra: Buffer, id: number): Buffer | undefined {
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}

function number64(bytes: Buffer, at: number, where: string): number {
  const value = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw wrong(where, 'a number in it is beyond reason');
  return value;
}

function wrong(where: string, message: string): PratiqueError {
  return new PratiqueError('INPUT_INVALID', `${where}: ${message}`, { where });
}

function volumes(where: string): PratiqueError {
  return new PratiqueError('UNSUPPORTED', `${where}: a zip in several volumes`, { where });
}
