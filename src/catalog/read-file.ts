import type { Entry } from '../archive/index.ts';
import { LIMITS, messageOf, PratiqueError } from '../kit/index.ts';
import type { Cataloger, CatalogFile, FileStream } from './cataloger.ts';
import type { FactBudget, Facts, FileFacts } from './facts.ts';
import type { Router } from './router.ts';

/** A stream cataloger is handed at least so many bytes first, or the whole file. */
export const HEAD_BYTES = 4096;

interface Reading {
  readonly cataloger: number;
  readonly sink: ReturnType<FactBudget['sink']>;
  stream: FileStream | undefined;
}

/**
 * Hands the bytes of one file to all catalogers that want it. Holds the file only for those that take it whole.
 * A cataloger that throws leaves a diagnostic and is not asked about this file again.
 */
export class FileReader {
  readonly #router: Router;
  readonly #budget: FactBudget;
  readonly #file: CatalogFile;
  readonly #seq: number;
  readonly #byName: readonly number[];
  #magic: readonly number[] = [];
  /** Bytes still to come before the head is complete; undefined once it was looked at. */
  #headMissing: number | undefined;
  #head: Uint8Array[] = [];
  #streams: Reading[] = [];
  #wholes: Reading[] = [];
  #whole: Buffer | undefined;
  #got = 0;
  readonly #facts: Facts[] = [];

  constructor(
    router: Router,
    budget: FactBudget,
    entry: Entry,
    read: { path: string; seq: number; byName: readonly number[] },
  ) {
    this.#router = router;
    this.#budget = budget;
    this.#file = { path: read.path, size: entry.size, mode: entry.mode };
    this.#seq = read.seq;
    this.#byName = read.byName;
    this.#headMissing = Math.min(entry.size, HEAD_BYTES);
    if (this.#headMissing === 0) this.#begin(new Uint8Array(0));
  }

  data(chunk: Uint8Array): void {
    if (this.#headMissing === undefined) this.#feed(chunk);
    else if (this.#head.length === 0 && chunk.length >= this.#headMissing) this.#begin(chunk);
    else {
      this.#head.push(Uint8Array.prototype.slice.call(chunk));
      this.#headMissing -= chunk.length;
      if (this.#headMissing <= 0) this.#begin(Buffer.concat(this.#head));
    }
  }

  /** Undefined when nobody wanted the file after all. */
  end(): FileFacts | undefined {
    if (this.#headMissing !== undefined && this.#headMissing > 0) this.#begin(Buffer.concat(this.#head));
    for (const reading of this.#streams) {
      this.#guard(reading, () => reading.stream?.end());
      this.#facts.push(reading.sink.take());
    }
    if (this.#whole !== undefined) this.#catalogWhole(this.#whole.subarray(0, this.#got));
    if (this.#got !== this.#file.size) this.#changed();
    if (this.#byName.length === 0 && this.#facts.every(isEmpty)) return undefined;
    const facts = this.#facts.filter((found) => !isEmpty(found)).sort((a, b) => a.cataloger - b.cataloger);
    return { path: this.#file.path, seq: this.#seq, magic: this.#magic, facts };
  }

  #begin(head: Uint8Array): void {
    this.#headMissing = undefined;
    this.#head = [];
    if (this.#file.size >= this.#router.magicMinBytes)
      this.#magic = this.#router.byMagic(head, this.#file.size);
    for (const index of new Set([...this.#byName, ...this.#magic])) {
      const cataloger = this.#router.catalogers[index];
      if (cataloger !== undefined) this.#open(cataloger, index, head);
    }
    if (head.length > 0) this.#feed(head);
    else if (this.#wholes.length > 0) this.#catalogWhole(Buffer.alloc(0));
  }

  #open(cataloger: Cataloger, index: number, head: Uint8Array): void {
    const reading: Reading = { cataloger: index, sink: this.#budget.sink(index), stream: undefined };
    if (cataloger.stream !== undefined) {
      this.#guard(reading, () => {
        reading.stream = cataloger.stream?.(this.#file, head, reading.sink.out);
      });
      this.#streams.push(reading);
      return;
    }
    const maxBytes = cataloger.maxBytes ?? LIMITS.catalogedFileBytes;
    if (this.#file.size <= maxBytes) {
      this.#wholes.push(reading);
      return;
    }
    reading.sink.out.diagnostic({
      code: 'file-too-large',
      message: `has ${this.#file.size} bytes; ${cataloger.name} reads at most ${maxBytes}`,
      unknown: true,
      where: this.#file.path,
    });
    this.#facts.push(reading.sink.take());
  }

  #feed(chunk: Uint8Array): void {
    const first = this.#got === 0;
    this.#got += chunk.length;
    for (const reading of this.#streams) this.#guard(reading, () => reading.stream?.data(chunk));
    if (this.#wholes.length === 0) return;
    if (first && chunk.length === this.#file.size) {
      this.#catalogWhole(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      return;
    }
    this.#whole ??= Buffer.allocUnsafeSlow(this.#file.size);
    if (this.#got <= this.#whole.length) this.#whole.set(chunk, this.#got - chunk.length);
  }

  #catalogWhole(bytes: Buffer): void {
    for (const reading of this.#wholes) {
      this.#guard(reading, () =>
        this.#router.catalogers[reading.cataloger]?.catalog?.(this.#file, bytes, reading.sink.out),
      );
      this.#facts.push(reading.sink.take());
    }
    this.#wholes = [];
    this.#whole = undefined;
  }

  /** A bound stays an error; anything else is said of this file only. */
  #guard(reading: Reading, work: () => void): void {
    try {
      work();
    } catch (error) {
      reading.stream = undefined;
      if (error instanceof PratiqueError && error.code === 'LIMIT_EXCEEDED') throw error;
      reading.sink.out.diagnostic({
        code: 'unreadable-file',
        message: `${this.#router.catalogers[reading.cataloger]?.name} cannot read it: ${messageOf(error)}`,
        unknown: true,
        where: this.#file.path,
      });
    }
  }

  /** Only a folder on disk can do so: a tar's bodies have the size that the header says. */
  #changed(): void {
    const index = this.#byName[0] ?? this.#magic[0];
    if (index === undefined) return;
    const sink = this.#budget.sink(index);
    sink.out.diagnostic({
      code: 'unreadable-file',
      message: `changed while it was read: ${this.#got} bytes came where ${this.#file.size} were promised`,
      unknown: true,
      where: this.#file.path,
    });
    this.#facts.push(sink.take());
  }
}

function isEmpty(facts: Facts): boolean {
  const { packages, distros, diagnostics, owns } = facts;
  return packages.length + distros.length + diagnostics.length + owns.length === 0;
}
