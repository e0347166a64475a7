import { tarError } from './tar-error.ts';
import { numberAt } from './tar-header.ts';

/** Where the bytes on the tape belong in the file: offset, length, offset, length …; the rest is zeroes. */
export type SparseMap = readonly number[];

const ENTRY_BYTES = 24;
const ZEROES = Buffer.alloc(64 * 1024);

/** The first entries of an old GNU map, in the header block itself. Source: GNU tar manual, "Old GNU Format". */
export function readOldHeader(
  block: Buffer,
  at: number,
  where: string,
): { map: number[]; more: boolean; realSize: number } {
  const realSize = numberAt(block, at + 483, 12);
  if (realSize === undefined) throw tarError(where, 'the real size of a sparse member is no number');
  return { map: entriesAt(block, at + 386, 4, where), more: block[at + 482] !== 0, realSize };
}

/** A further block of an old GNU map. */
export function readOldExtension(block: Buffer, at: number, where: string): { map: number[]; more: boolean } {
  return { map: entriesAt(block, at, 21, where), more: block[at + 504] !== 0 };
}

/**
 * Reads the map of format 1.0, which stands before the body: lines of decimals, first the number of entries, filled
 * up to a whole block. Throws INPUT_INVALID for anything else.
 */
export class TextMap {
  readonly map: number[] = [];
  readonly #where: string;
  #expected = -1;
  #value = 0;
  #digits = 0;

  constructor(where: string) {
    this.#where = where;
  }

  /** True once the map is complete. */
  push(block: Buffer, at: number, length: number): boolean {
    for (let n = at; n < at + length && this.map.length !== this.#expected; n++) {
      const digit = (block[n] ?? 0) - 0x30;
      if (digit >= 0 && digit <= 9 && this.#digits < 15) {
        this.#value = this.#value * 10 + digit;
        this.#digits++;
      } else if (block[n] === 0x0a && this.#digits > 0) this.#line();
      else throw tarError(this.#where, 'the map of a sparse member is damaged');
    }
    return this.map.length === this.#expected;
  }

  #line(): void {
    if (this.#expected < 0) this.#expected = 2 * this.#value;
    else this.map.push(this.#value);
    this.#value = 0;
    this.#digits = 0;
  }
}

/**
 * Turns the bytes on the tape into those of the file. Throws INPUT_INVALID for a map that does not ascend, does
 * not fit the real size, or describes more or fewer bytes than the tape has.
 */
export class SparseBody {
  readonly #map: SparseMap;
  readonly #realSize: number;
  #index = 0;
  /** Bytes given out, and what is left of the present entry. */
  #position = 0;
  #left = 0;

  constructor(map: SparseMap, realSize: number, tapeBytes: number, where: string) {
    let end = 0;
    let sum = 0;
    for (let n = 0; n < map.length; n += 2) {
      const offset = map[n] ?? 0;
      const length = map[n + 1] ?? -1;
      if (length < 0 || offset < end || offset + length > realSize)
        throw tarError(where, 'the map of a sparse member contradicts itself');
      end = offset + length;
      sum += length;
    }
    if (sum !== tapeBytes) throw tarError(where, 'the map of a sparse member does not fit its body');
    this.#map = map;
    this.#realSize = realSize;
  }

  data(chunk: Uint8Array, give: (chunk: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        this.#zeroesUpTo(this.#map[this.#index] ?? this.#realSize, give);
        this.#left = this.#map[this.#index + 1] ?? 0;
        this.#index += 2;
        continue;
      }
      const part = chunk.subarray(at, at + this.#left);
      give(part);
      at += part.length;
      this.#left -= part.length;
      this.#position += part.length;
    }
  }

  /** The zeroes behind the last entry. */
  end(give: (chunk: Uint8Array) => void): void {
    this.#zeroesUpTo(this.#realSize, give);
  }

  #zeroesUpTo(offset: number, give: (chunk: Uint8Array) => void): void {
    while (this.#position < offset) {
      const length = Math.min(ZEROES.length, offset - this.#position);
      give(ZEROES.subarray(0, length));
      this.#position += length;
    }
  }
}

/** Up to the first entry whose offset is empty. */
function entriesAt(block: Buffer, at: number, count: number, where: string): number[] {
  const map: number[] = [];
  for (let n = 0; n < count; n++) {
    const from = at + n * ENTRY_BYTES;
    if (block[from] === 0) break;
    const offset = numberAt(block, from, 12);
    const length = numberAt(block, from + 12, 12);
    if (offset === undefined || length === undefined)
      throw tarError(where, 'the map of a sparse member is damaged');
    map.push(offset, length);
  }
  return map;
}
