import { LIMITS } from '../../kit/index.ts';
import type { Cataloger, CatalogFile, CatalogSink, FileStream } from '../cataloger.ts';
import { elfLayout } from './elf.ts';
import { reportProgram } from './facts.ts';
import { type Layout, wholeFile } from './layout.ts';
import { fatLayout, machoLayout } from './macho.ts';
import { peLayout } from './pe.ts';
import { BuildInfoSearch } from './search.ts';

/** No Go program is smaller: the runtime alone has about 800 KiB. */
const MIN_BYTES = 256 * 1024;
const PACKED: Layout = { segments: [], go: 'packed' };
const FAT_MAGIC = [0xcafebabe, 0xcafebabf];

/**
 * The Go toolchain and modules that a Go program says it was built from. Reads Linux, Windows and macOS programs
 * and libraries, by their first bytes, in one pass with bounded memory.
 */
export const golang: Cataloger = {
  name: 'golang',
  version: 1,
  routes: [
    {
      magic: [
        Buffer.from('\x7fELF', 'latin1'),
        Buffer.from('MZ'),
        ...[0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, ...FAT_MAGIC].map(bigEndian),
      ],
      minBytes: MIN_BYTES,
    },
  ],
  stream(file, _head, out) {
    return new ProgramStream(file, out);
  },
};

/** Gathers the headers, then searches, and at the end says what was found. */
class ProgramStream implements FileStream {
  readonly #file: CatalogFile;
  readonly #out: CatalogSink;
  #headers: Buffer[] = [];
  #gathered = 0;
  #layout: Layout | undefined;
  #search: BuildInfoSearch | undefined;
  #state: 'headers' | 'search' | 'done' = 'headers';

  constructor(file: CatalogFile, out: CatalogSink) {
    this.#file = file;
    this.#out = out;
  }

  data(chunk: Uint8Array): void {
    if (this.#state === 'search') this.#feed(bufferOf(chunk));
    if (this.#state === 'headers') this.#gather(bufferOf(chunk));
  }

  end(): void {
    if (this.#state === 'headers') this.#start();
    if (this.#layout === undefined || this.#search === undefined) return;
    reportProgram(this.#file.path, this.#search.outcome(), this.#layout.go, this.#out);
    this.#search = undefined;
  }

  #gather(chunk: Buffer): void {
    this.#gathered += chunk.length;
    const enough = this.#gathered >= Math.min(LIMITS.programHeaderBytes, this.#file.size);
    // The chunk belongs to the caller: what must stay is copied.
    this.#headers.push(enough ? chunk : Buffer.from(chunk));
    if (enough) this.#start();
  }

  #start(): void {
    const headers = Buffer.concat(this.#headers);
    this.#headers = [];
    this.#state = 'done';
    this.#layout = isPacked(headers) ? PACKED : layoutOf(headers, this.#file.size);
    if (this.#layout === undefined) return;
    this.#search = new BuildInfoSearch(this.#layout);
    this.#state = 'search';
    this.#feed(headers);
  }

  #feed(chunk: Buffer): void {
    if (this.#search?.add(chunk) === false) this.#state = 'done';
  }
}

/** UPX leaves its mark behind the program headers of ELF files, and in the section names of Windows programs. */
function isPacked(headers: Buffer): boolean {
  const first = headers.subarray(0, 1024);
  return first.includes('UPX!') || first.includes('UPX0\0');
}

function layoutOf(headers: Buffer, size: number): Layout | undefined {
  if (headers.length < 16) return undefined;
  if (headers.toString('latin1', 0, 4) === '\x7fELF') return elfLayout(headers, size);
  if (headers.toString('latin1', 0, 2) === 'MZ') return peLayout(headers);
  if (FAT_MAGIC.includes(headers.readUInt32BE(0))) return fatLayout(headers);
  const layout = machoLayout(headers);
  return layout?.segments.length === 0 ? wholeFile(size) : layout;
}

function bufferOf(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function bigEndian(magic: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(magic);
  return bytes;
}
