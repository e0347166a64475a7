import { ALIGNMENT, type BlobPointers, type BuildBlob, decodeBlob, MAGIC } from './blob.ts';
import type { Layout, Segment } from './layout.ts';
import { Spool } from './spool.ts';

/** How a search ended. `unreadable`: there is a header that leads to nothing. */
export type Outcome = BuildBlob | 'none' | 'unreadable';

/** More places than this look like build information in no program; the rest is not followed, and said. */
const MAX_PLACES = 16;

/**
 * Looks for the build information in the writable parts of a program while it streams by. The magic also stands
 * among the texts of programs that read it (Go's own tools, scanners) and in programs carried inside others; these
 * lie in read-only parts, and what does not decode is passed over.
 */
export class BuildInfoSearch {
  readonly #searched: readonly Segment[];
  #spool: Spool | undefined;
  #open: Capture[] = [];
  readonly #pointers: BlobPointers[] = [];
  #places = 0;
  #found: BuildBlob | undefined;
  /** The last bytes before the current chunk, for a magic across the border. */
  #carry = Buffer.alloc(0);
  #position = 0;

  constructor(layout: Layout) {
    this.#searched = layout.segments.filter((segment) => segment.writable);
    if (layout.go === 'certain' || layout.go === 'likely') this.#spool = new Spool(layout);
  }

  /** Chunks in the order of the file; returns false once no more are needed. */
  add(chunk: Buffer): boolean {
    this.#spool?.add(chunk, this.#position);
    for (const capture of this.#open) capture.add(chunk);
    this.#searchBorder(chunk);
    this.#searchChunk(chunk);
    this.#settle();
    this.#carry = Buffer.concat([this.#carry, chunk.subarray(-MAGIC.length)]).subarray(1 - MAGIC.length);
    this.#position += chunk.length;
    return this.#found === undefined;
  }

  outcome(): Outcome {
    for (const pointers of this.#pointers) this.#found ??= this.#spool?.resolve(pointers);
    this.#spool = undefined;
    if (this.#found !== undefined) return this.#found;
    const doubtful = this.#pointers.length > 0 || this.#open.length > 0 || this.#places > MAX_PLACES;
    return doubtful ? 'unreadable' : 'none';
  }

  #searchBorder(chunk: Buffer): void {
    const start = this.#position - this.#carry.length;
    const window = Buffer.concat([this.#carry, chunk.subarray(0, MAGIC.length - 1)]);
    const at = window.indexOf(MAGIC);
    if (at !== -1) this.#hit(start + at, Buffer.concat([this.#carry.subarray(at), chunk]));
  }

  #searchChunk(chunk: Buffer): void {
    for (const { offset, size } of this.#searched) {
      const from = Math.max(offset - this.#position, 0);
      const to = Math.min(offset + size - this.#position, chunk.length);
      if (from >= to) continue;
      const part = chunk.subarray(from, to);
      for (let at = part.indexOf(MAGIC); at !== -1; at = part.indexOf(MAGIC, at + MAGIC.length)) {
        this.#hit(this.#position + from + at, chunk.subarray(from + at));
      }
    }
  }

  /** `place` is where the magic stands in the file, `bytes` what is there of the file from it on. */
  #hit(place: number, bytes: Buffer): void {
    const within = this.#searched.find(({ offset, size }) => place >= offset && place < offset + size);
    if (within === undefined || !isAligned(within, place)) return;
    this.#places += 1;
    if (this.#places <= MAX_PLACES) this.#open.push(new Capture(bytes));
  }

  /** Takes what has been decoded; the first that does wins. */
  #settle(): void {
    const still: Capture[] = [];
    for (const capture of this.#open) {
      const decoded = capture.decode();
      if (decoded === 'invalid') continue;
      if ('needBytes' in decoded) still.push(capture);
      else if ('wide' in decoded) this.#pointers.push(decoded);
      else {
        this.#found ??= decoded;
        this.#spool = undefined;
      }
    }
    this.#open = this.#found === undefined ? still : [];
  }
}

function isAligned(segment: Segment, place: number): boolean {
  const intoSegment = place - segment.offset;
  return (Number(segment.address % BigInt(ALIGNMENT)) + intoSegment) % ALIGNMENT === 0;
}

/** Collects the bytes after a magic until they decode, without joining them more often than needed. */
class Capture {
  #chunks: Buffer[];
  #length: number;
  #need = 0;

  constructor(first: Buffer) {
    this.#chunks = [Buffer.from(first)];
    this.#length = first.length;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(chunk));
    this.#length += chunk.length;
  }

  decode(): ReturnType<typeof decodeBlob> {
    if (this.#length < this.#need) return { needBytes: this.#need };
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    const decoded = decodeBlob(bytes);
    if (typeof decoded === 'object' && 'needBytes' in decoded) this.#need = decoded.needBytes;
    return decoded;
  }
}
