import { decodeName } from './names.ts';
import { tarError } from './tar-error.ts';

export const BLOCK_BYTES = 512;

/** One header block as it stands, before the extension headers before it are applied. */
export interface TarHeader {
  /** One character; NUL is `'\0'`. */
  readonly typeflag: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of body on the tape. */
  readonly size: number;
}

const SPACE = 0x20;
const CHECKSUM_AT = 148;
const CHECKSUM_END = 156;

/** Adds up a block with its checksum field as spaces; 0 only for a block of zeroes. */
export function blockSum(block: Buffer, at: number): number {
  let sum = 0;
  for (let n = at; n < at + BLOCK_BYTES; n++) sum += block[n] ?? 0;
  if (sum === 0) return 0;
  for (let n = at + CHECKSUM_AT; n < at + CHECKSUM_END; n++) sum += SPACE - (block[n] ?? 0);
  return sum;
}

/** Compares the checksum with the sum of the bytes; some old writers took the bytes as signed. */
export function isChecksumRight(block: Buffer, at: number, sum: number): boolean {
  const stated = numberAt(block, at + CHECKSUM_AT, 8);
  if (stated === sum) return true;
  let signed = sum;
  for (let n = at; n < at + BLOCK_BYTES; n++) {
    const isField = n >= at + CHECKSUM_AT && n < at + CHECKSUM_END;
    if (!isField && (block[n] ?? 0) > 127) signed -= 256;
  }
  return stated === signed;
}

/**
 * Reads a header block whose checksum is right. Throws INPUT_INVALID for a number that is none, is negative or
 * beyond 2^53. Sources: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 */
export function readHeader(block: Buffer, at: number, where: string): TarHeader {
  const name = textAt(block, at, 100);
  const prefix = prefixOf(block, at);
  const number = (offset: number, length: number, what: string): number => {
    const value = numberAt(block, at + offset, length);
    if (value !== undefined) return value;
    throw tarError(where, `the ${what} of a member is no number: the tar is damaged`);
  };
  return {
    typeflag: String.fromCharCode(block[at + 156] ?? 0),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: block[at + 157] === 0 ? '' : textAt(block, at + 157, 100),
    mode: number(100, 8, 'mode'),
    uid: number(108, 8, 'owner'),
    gid: number(116, 8, 'group'),
    size: number(124, 12, 'size'),
  };
}

/** The text of a field: up to its first NUL, or all of it. */
export function textAt(block: Buffer, at: number, length: number): string {
  let end = at;
  let seen = 0;
  for (; end < at + length; end++) {
    const byte = block[end] ?? 0;
    if (byte === 0) break;
    seen |= byte;
  }
  return seen < 0x80 ? block.toString('latin1', at, end) : decodeName(block.subarray(at, end));
}

/**
 * A number field: octal digits between spaces and NULs, or GNU's base 256 where the first bit is set. Undefined for
 * anything else, for negative numbers and for those beyond 2^53. An empty field is 0.
 */
export function numberAt(block: Buffer, at: number, length: number): number | undefined {
  const first = block[at] ?? 0;
  return (first & 0x80) !== 0 ? base256(block, at, length) : octal(block, at, length);
}

function octal(block: Buffer, at: number, length: number): number | undefined {
  let from = at;
  let end = at + length;
  while (from < end && isBlank(block[from] ?? 0)) from++;
  for (let n = from; n < end; n++) if (block[n] === 0) end = n;
  while (end > from && isBlank(block[end - 1] ?? 0)) end--;
  let value = 0;
  for (let n = from; n < end; n++) {
    const digit = (block[n] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

function base256(block: Buffer, at: number, length: number): number | undefined {
  const first = block[at] ?? 0;
  if ((first & 0x40) !== 0) return undefined;
  let value = first & 0x3f;
  for (let n = at + 1; n < at + length; n++) value = value * 256 + (block[n] ?? 0);
  return Number.isSafeInteger(value) ? value : undefined;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0;
}

/** The folder part of a long name: 155 bytes in ustar, 131 in star, none in v7 and in GNU's format. */
function prefixOf(block: Buffer, at: number): string {
  if (block[at + 345] === 0 || block.toString('latin1', at + 257, at + 262) !== 'ustar') return '';
  if (block[at + 262] === 0) {
    const isStar = block.toString('latin1', at + 508, at + 512) === 'tar\0';
    return textAt(block, at + 345, isStar ? 131 : 155);
  }
  return misplacedPrefix(block, at);
}

/** Go before 1.8 could write a prefix under GNU's magic, where times belong. Source: Go, archive/tar, reader.go. */
function misplacedPrefix(block: Buffer, at: number): string {
  const isTimes = numberAt(block, at + 345, 12) !== undefined && numberAt(block, at + 357, 12) !== undefined;
  const isNegative = ((block[at + 345] ?? 0) & 0x80) !== 0 || ((block[at + 357] ?? 0) & 0x80) !== 0;
  return isTimes || isNegative ? '' : textAt(block, at + 345, 155);
}
