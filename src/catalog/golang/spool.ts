import { LIMITS } from '../../kit/index.ts';
import { type BlobPointers, type BuildBlob, blobOf, MAX_VERSION_BYTES, pointerAt } from './blob.ts';
import type { Layout, Segment } from './layout.ts';

/**
 * Holds the loaded parts of a program while it streams by, to follow the addresses in the build information of Go
 * before 1.18. Code is left out where the rest alone fits the limit; nothing is held where even that does not.
 */
export class Spool {
  readonly #parts: readonly { readonly segment: Segment; readonly chunks: Buffer[]; bytes: number }[];

  constructor(layout: Layout) {
    const data = layout.segments.filter((segment) => !segment.executable);
    const held = [layout.segments, data].find((segments) => total(segments) <= LIMITS.goSpoolBytes) ?? [];
    this.#parts = held.map((segment) => ({ segment, chunks: [], bytes: 0 }));
  }

  /** `at` is the place of the chunk in the file. */
  add(chunk: Uint8Array, at: number): void {
    for (const part of this.#parts) {
      const { offset, size } = part.segment;
      const from = Math.max(offset - at, 0);
      const to = Math.min(offset + size - at, chunk.length);
      if (from >= to) continue;
      part.chunks.push(Buffer.from(chunk.subarray(from, to)));
      part.bytes += to - from;
    }
  }

  /** Undefined where an address leads nowhere, or to something that is no version. */
  resolve(pointers: BlobPointers): BuildBlob | undefined {
    const version = this.#stringAt(pointers.version, pointers, MAX_VERSION_BYTES);
    const modules = this.#stringAt(pointers.modules, pointers, LIMITS.goModuleInfoBytes);
    return version === undefined || modules === undefined ? undefined : blobOf(version, modules);
  }

  /** A Go string in memory: the address of its bytes, then their number. */
  #stringAt(address: bigint, { wide, little }: BlobPointers, maxBytes: number): Buffer | undefined {
    if (address === 0n) return Buffer.alloc(0);
    const word = wide ? 8 : 4;
    const header = this.#read(address, 2 * word);
    if (header === undefined) return undefined;
    const length = pointerAt(header, word, wide, little);
    if (length > BigInt(maxBytes)) return undefined;
    if (length === 0n) return Buffer.alloc(0);
    return this.#read(pointerAt(header, 0, wide, little), Number(length));
  }

  #read(address: bigint, length: number): Buffer | undefined {
    for (const part of this.#parts) {
      const start = address - part.segment.address;
      if (start < 0n || start + BigInt(length) > BigInt(part.bytes)) continue;
      return sliceOf(part.chunks, Number(start), length);
    }
    return undefined;
  }
}

function total(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.size, 0);
}

function sliceOf(chunks: readonly Buffer[], start: number, length: number): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const chunk of chunks) {
    const from = Math.max(start - at, 0);
    const to = Math.min(start + length - at, chunk.length);
    if (from < to) pieces.push(chunk.subarray(from, to));
    at += chunk.length;
  }
  return Buffer.concat(pieces);
}
