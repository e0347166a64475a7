import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { LIMITS, PratiqueError } from '../kit/index.ts';

/** What a layer's members do to the tree below them, in the order of the layer. */
export interface PathVisitor {
  folder(path: string): void;
  symlink(path: string, target: string): void;
  hardlink(path: string, target: string): void;
  /** The next file of the record's `files`. */
  catalogued(): void;
  /** A file that nobody wanted, but that has the name of a routed one. */
  echo(path: string, seq: number): void;
  other(path: string): void;
  whiteout(path: string): void;
  opaque(path: string): void;
  /** Files of one folder that nobody wanted, one after the other in the layer; `seq` is the first one's. */
  plain(folder: string, names: NameRun, seq: number): void;
}

/** Names between two places of a text, each ended by a NUL: split only when somebody asks. */
export interface NameRun {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The names, split at the first call. */
export function namesOf({ text, start, end }: NameRun): () => readonly string[] {
  let names: readonly string[] | undefined;
  return () => {
    names ??= text.slice(start, end - 1).split(END);
    return names;
  };
}

const CHUNK_CHARS = 1024 * 1024;
/** No chunk of ours is larger: it is packed as soon as it is full, and one entry adds two paths at most. */
const CHUNK_BYTES = 16 * 1024 * 1024;
const END = '\0';
/** A small window keeps both sides from touching memory that they do not need: unpacking takes half the time. */
const PARAMS = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 17 };

/**
 * Writes the members of a layer down as NUL-ended fields, packed with zstd in chunks that can be read one by one.
 * Plain files in a row share their folder's name, so that a reader can pass over them without splitting.
 */
export class PathListWriter {
  readonly chunks: Uint8Array[] = [];
  #parts: string[] = [];
  #chars = 0;
  #run: string | undefined;
  #pathBytes = 0;
  #packedBytes = 0;

  /** One member other than a plain file: a letter and its fields. */
  add(kind: EntryLetter, ...fields: readonly string[]): void {
    this.#closeRun();
    this.#write(kind + fields.map((field) => withoutNul(field) + END).join(''));
    if (this.#chars >= CHUNK_CHARS) this.#pack();
  }

  plain(path: string, seq: number): void {
    const slash = path.lastIndexOf('/');
    const folder = slash === -1 ? '' : path.slice(0, slash);
    if (folder !== this.#run) {
      this.#closeRun();
      this.#write(`F${seq.toString(36)}${END}${withoutNul(folder)}${END}`);
      this.#run = folder;
    }
    this.#write(withoutNul(path.slice(slash + 1)) + END);
    if (this.#chars < CHUNK_CHARS) return;
    this.#closeRun();
    this.#pack();
  }

  finish(): readonly Uint8Array[] {
    this.#closeRun();
    if (this.#chars > 0) this.#pack();
    return this.chunks;
  }

  #closeRun(): void {
    if (this.#run === undefined) return;
    this.#run = undefined;
    this.#write(END);
  }

  #write(text: string): void {
    this.#parts.push(text);
    this.#chars += text.length;
  }

  #pack(): void {
    const bytes = Buffer.from(this.#parts.join(''), 'utf8');
    this.#parts = [];
    this.#chars = 0;
    const packed = zstdCompressSync(bytes, { chunkSize: 256 * 1024, params: PARAMS });
    this.chunks.push(packed);
    this.#pathBytes += bytes.length;
    this.#packedBytes += packed.length;
    if (this.#pathBytes > LIMITS.layerPathBytes || this.#packedBytes > LIMITS.layerRecordBytes)
      throw new PratiqueError('LIMIT_EXCEEDED', 'the names of a layer need more room than a record may have');
  }
}

/** No file system has NUL in a name; one that a pax header smuggles in must not end the field. */
function withoutNul(text: string): string {
  return text.includes(END) ? text.replaceAll(END, '\ufffd') : text;
}

/** Folder, symbolic link, hard link, catalogued file, echo, other, whiteout, opaque folder. */
export type EntryLetter = 'D' | 'L' | 'H' | 'C' | 'E' | 'O' | 'W' | 'Q';

/** Reads what `PathListWriter` wrote, chunk by chunk. Throws an Error for anything else. */
export function readPathList(chunks: readonly Uint8Array[], visitor: PathVisitor): void {
  for (const chunk of chunks)
    readChunk(
      zstdDecompressSync(chunk, { chunkSize: 2 * CHUNK_CHARS, maxOutputLength: CHUNK_BYTES }).toString(
        'utf8',
      ),
      visitor,
    );
}

function readChunk(text: string, visitor: PathVisitor): void {
  let at = 0;
  const field = (): string => {
    const end = text.indexOf(END, at);
    if (end === -1) throw new Error('a path list ends within a field');
    const value = text.slice(at, end);
    at = end + 1;
    return value;
  };
  while (at < text.length) {
    const letter = text[at++];
    if (letter === 'F') {
      const seq = Number.parseInt(field(), 36);
      const folder = field();
      const start = at;
      const end = text.indexOf('\0\0', at);
      if (end === -1) throw new Error('a path list ends within a run');
      at = end + 2;
      visitor.plain(folder, { text, start, end: end + 1 }, seq);
    } else readEntry(letter, field, visitor);
  }
}

function readEntry(letter: string | undefined, field: () => string, visitor: PathVisitor): void {
  if (letter === 'C') visitor.catalogued();
  else if (letter === 'D') visitor.folder(field());
  else if (letter === 'L') visitor.symlink(field(), field());
  else if (letter === 'H') visitor.hardlink(field(), field());
  else if (letter === 'E') visitor.echo(field(), Number.parseInt(field(), 36));
  else if (letter === 'O') visitor.other(field());
  else if (letter === 'W') visitor.whiteout(field());
  else if (letter === 'Q') visitor.opaque(field());
  else throw new Error(`a path list has no entries of kind ${JSON.stringify(letter)}`);
}
