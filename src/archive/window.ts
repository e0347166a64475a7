import { PratiqueError } from '../kit/index.ts';

/** Bytes that can be read anywhere: an open file, a buffer, ranges of a remote blob. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; fewer only where the source ends. */
  read(offset: number, length: number): Promise<Buffer>;
}

export function randomAccessOf(bytes: Buffer): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/** Reads through a window, so that small neighbouring reads cost one read of the source. */
export class WindowReader {
  readonly #source: RandomAccess;
  readonly #windowBytes: number;
  readonly #where: string;
  #window: Window = { start: 0, bytes: Buffer.alloc(0) };

  constructor(source: RandomAccess, windowBytes: number, where: string) {
    this.#source = source;
    this.#windowBytes = windowBytes;
    this.#where = where;
  }

  /** Exactly `length` bytes; a view that stays valid. Throws INPUT_INVALID where the source has fewer. */
  async read(offset: number, length: number): Promise<Buffer> {
    if (offset < 0 || offset + length > this.#source.size) throw this.#short();
    const window = await this.#cover(offset, length);
    const at = offset - window.start;
    return window.bytes.subarray(at, at + length);
  }

  /** Makes the window hold these bytes, as far as the source and the window's size allow. */
  async prefetch(offset: number, length: number): Promise<void> {
    if (offset < 0 || offset > this.#source.size) throw this.#short();
    await this.#cover(offset, Math.min(length, this.#windowBytes, this.#source.size - offset));
  }

  /** What it returns belongs to the caller: a read at the same time may move the window meanwhile. */
  async #cover(offset: number, length: number): Promise<Window> {
    const { start, bytes } = this.#window;
    if (offset >= start && offset + length <= start + bytes.length) return this.#window;
    if (length > this.#windowBytes) return this.#load(offset, length);
    const window = await this.#load(offset, Math.min(this.#windowBytes, this.#source.size - offset));
    this.#window = window;
    return window;
  }

  async #load(offset: number, length: number): Promise<Window> {
    const bytes = await this.#source.read(offset, length);
    if (bytes.length !== length) throw this.#short();
    return { start: offset, bytes };
  }

  #short(): PratiqueError {
    return new PratiqueError('INPUT_INVALID', `${this.#where}: it ends before what it announces`, {
      where: this.#where,
    });
  }
}
