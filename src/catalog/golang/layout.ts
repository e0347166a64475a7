/** A part of the file that is loaded into memory. Offsets and sizes are bytes of the file. */
export interface Segment {
  readonly offset: number;
  readonly size: number;
  readonly address: bigint;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface Layout {
  /** In the order of the header. The linker puts the build information into a writable one. */
  readonly segments: readonly Segment[];
  /**
   * `certain` with Go's own build id note; `likely` where the format or a header that only Go's linker writes hints
   * at it; `packed` where a packer hides everything; `open` else.
   */
  readonly go: 'certain' | 'likely' | 'packed' | 'open';
}

/** Bounds for hostile headers. */
export const MAX_SEGMENTS = 256;

/** The whole file as one part, for executables whose headers are not in their first bytes. */
export function wholeFile(size: number): Layout {
  const whole = { offset: 0, size, address: 0n, writable: true, executable: false };
  return { segments: [whole], go: 'open' };
}

/** Reads numbers of either byte order; zero beyond the end, so that a cut header has no segments. */
export class HeaderReader {
  readonly #bytes: Buffer;
  readonly #little: boolean;

  constructor(bytes: Buffer, little: boolean) {
    this.#bytes = bytes;
    this.#little = little;
  }

  u16(at: number): number {
    if (!this.has(at, 2)) return 0;
    return this.#little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  u32(at: number): number {
    if (!this.has(at, 4)) return 0;
    return this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  u64(at: number): bigint {
    if (!this.has(at, 8)) return 0n;
    return this.#little ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at);
  }

  /** A file offset or size of 4 or 8 bytes; numbers beyond 2^53 lie outside of every file. */
  word(at: number, wide: boolean): number {
    return wide ? Number(this.u64(at)) : this.u32(at);
  }

  address(at: number, wide: boolean): bigint {
    return wide ? this.u64(at) : BigInt(this.u32(at));
  }

  has(at: number, length: number): boolean {
    return at >= 0 && at + length <= this.#bytes.length;
  }
}
