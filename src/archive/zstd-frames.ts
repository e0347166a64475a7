import { LIMITS, PratiqueError } from '../kit/index.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAGIC_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

type State =
  | 'magic'
  | 'descriptor'
  | 'header'
  | 'block'
  | 'body'
  | 'checksum'
  | 'skip-size'
  | 'skip'
  | 'padding';

/** States whose bytes only the decoder looks at; those of the others are gathered in the scratch. */
const PASSED_OVER: ReadonlySet<State> = new Set<State>(['body', 'checksum', 'skip']);

/** States inside a frame that the decoder is given. */
const DATA: ReadonlySet<State> = new Set<State>(['descriptor', 'header', 'block', 'body', 'checksum']);

/**
 * Cuts packed bytes at the borders of zstd frames, since the decoder of Node.js stops, without a word, at the end
 * of the first frame when more bytes follow it in the same write. Layers of many frames are usual (zstd:chunked).
 * Refuses windows beyond LIMITS.zstdWindowLog before the decoder reserves memory for them.
 * Source: RFC 8878, sections 3.1.1 and 3.1.2.
 */
export class ZstdFrames {
  readonly #where: string;
  readonly #scratch: Buffer = Buffer.alloc(16);
  #state: State = 'magic';
  /** Bytes of the scratch that are filled, and that the present state needs. */
  #filled = 0;
  #needed = MAGIC_BYTES;
  /** Bytes to pass over before the next state. */
  #pass = 0;
  #descriptor = 0;
  #last = false;
  #frames = 0;

  constructor(where: string) {
    this.#where = where;
  }

  /**
   * What the decoder needs of the chunk, in order, each part to be written by itself: no part goes beyond the end of
   * a frame, and skippable frames and the zero padding after the last frame are left out.
   */
  *parts(chunk: Buffer): Generator<Buffer> {
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'padding') return this.#expectZeroes(chunk.subarray(at));
      at += this.#take(chunk, at);
      if (this.#pass > 0 || this.#filled < this.#needed) continue;
      const wasData = this.#isData();
      this.#advance();
      if (this.#isData() && !wasData) {
        from = Math.max(0, at - MAGIC_BYTES);
        // The start of a magic number at the end of the chunk before was held back: it could have been padding.
        if (at < MAGIC_BYTES) yield Buffer.from(this.#scratch.subarray(0, MAGIC_BYTES - at));
      } else if (wasData && !this.#isData()) {
        yield chunk.subarray(from, at);
      }
    }
    if (this.#isData() && from < chunk.length) yield chunk.subarray(from);
  }

  /** Throws INPUT_INVALID where the bytes end inside a frame. */
  end(): void {
    const rest = this.#scratch.subarray(0, this.#filled);
    if (this.#state === 'padding' || (this.#state === 'magic' && rest.every((byte) => byte === 0))) return;
    throw this.#wrong('the zstd data ends before its frame does');
  }

  /** Passes over bytes, or takes one into the scratch; returns how many. */
  #take(chunk: Buffer, at: number): number {
    if (this.#pass === 0) {
      this.#scratch[this.#filled++] = chunk[at] ?? 0;
      return 1;
    }
    const step = Math.min(this.#pass, chunk.length - at);
    this.#pass -= step;
    return step;
  }

  #isData(): boolean {
    return DATA.has(this.#state);
  }

  #advance(): void {
    do {
      const [state, bytes] = this.#following();
      this.#state = state;
      this.#filled = 0;
      this.#needed = PASSED_OVER.has(state) ? 0 : bytes;
      this.#pass = PASSED_OVER.has(state) ? bytes : 0;
    } while (this.#pass + this.#needed === 0 && this.#state !== 'padding');
  }

  /** What comes after what was just read, and how many bytes of it. */
  #following(): readonly [State, number] {
    switch (this.#state) {
      case 'magic':
        return this.#afterMagic(this.#scratch.readUInt32LE(0));
      case 'descriptor':
        this.#descriptor = this.#scratch[0] ?? 0;
        return ['header', headerBytes(this.#descriptor)];
      case 'header':
        this.#checkWindow();
        return ['block', BLOCK_HEADER_BYTES];
      case 'block':
        return this.#afterBlockHeader(this.#scratch.readUIntLE(0, BLOCK_HEADER_BYTES));
      case 'body':
        if (!this.#last) return ['block', BLOCK_HEADER_BYTES];
        return (this.#descriptor & 4) !== 0 ? ['checksum', CHECKSUM_BYTES] : ['magic', MAGIC_BYTES];
      case 'skip-size':
        return ['skip', this.#scratch.readUInt32LE(0)];
      default:
        return ['magic', MAGIC_BYTES];
    }
  }

  #afterMagic(magic: number): readonly [State, number] {
    if (magic === MAGIC) return this.#afterDataMagic();
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return ['skip-size', 4];
    if (magic === 0) return ['padding', 0];
    throw this.#wrong('bytes that are no zstd frame follow the zstd data');
  }

  #afterDataMagic(): readonly [State, number] {
    this.#frames++;
    if (this.#frames <= LIMITS.zstdFrames) return ['descriptor', 1];
    throw new PratiqueError(
      'LIMIT_EXCEEDED',
      `${this.#where}: the zstd data has more than ${LIMITS.zstdFrames} frames`,
      { where: this.#where },
    );
  }

  #afterBlockHeader(header: number): readonly [State, number] {
    this.#last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    if (type === RESERVED_BLOCK) throw this.#wrong('a zstd block is of a reserved type');
    return ['body', type === RLE_BLOCK ? 1 : header >> 3];
  }

  #checkWindow(): void {
    const first = this.#scratch[0] ?? 0;
    const base = 2 ** (10 + (first >> 3));
    const size = isSingleSegment(this.#descriptor) ? this.#contentSize() : base + (base / 8) * (first & 7);
    if (size <= 2 ** LIMITS.zstdWindowLog) return;
    throw new PratiqueError(
      'LIMIT_EXCEEDED',
      `${this.#where}: the zstd data wants a window of ${size} bytes`,
      {
        where: this.#where,
      },
    );
  }

  #contentSize(): number {
    const width = contentSizeBytes(this.#descriptor);
    const at = this.#needed - width;
    if (width === 8) return Number(this.#scratch.readBigUInt64LE(at));
    return this.#scratch.readUIntLE(at, width) + (width === 2 ? 256 : 0);
  }

  #expectZeroes(rest: Buffer): void {
    if (rest.some((byte) => byte !== 0)) throw this.#wrong('bytes follow the padding after the zstd data');
  }

  #wrong(message: string): PratiqueError {
    return new PratiqueError('INPUT_INVALID', `${this.#where}: ${message}`, { where: this.#where });
  }
}

/** Bytes of the frame header after its descriptor: window, dictionary id, content size. Never 0. */
function headerBytes(descriptor: number): number {
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return (isSingleSegment(descriptor) ? 0 : 1) + dictionary + contentSizeBytes(descriptor);
}

function contentSizeBytes(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 ? (isSingleSegment(descriptor) ? 1 : 0) : 2 ** flag;
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}
