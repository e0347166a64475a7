import { LIMITS } from '../kit/index.ts';
import type { Entry, EntryHandler, EntryType } from './entry.ts';
import { decodeName } from './names.ts';
import { cleanEntryPath, pathFault } from './path.ts';
import { shownName, tarError } from './tar-error.ts';
import { BLOCK_BYTES, blockSum, isChecksumRight, readHeader, type TarHeader } from './tar-header.ts';
import { contestedGlobal, type PaxRecords, readPax } from './tar-pax.ts';
import { readOldExtension, readOldHeader, SparseBody, TextMap } from './tar-sparse.ts';

export interface TarOptions {
  /** What errors name: the layer's digest or file. */
  readonly where: string;
  readonly signal?: AbortSignal;
}

export interface TarTotals {
  readonly entries: number;
  /** All bytes of the archive, those after its end included. */
  readonly bytes: number;
}

/**
 * Walks a tar (v7, ustar, GNU, PAX, sparse files of all four kinds) and reads its chunks to the end. Where readers
 * of tar differ, this one does as Go's archive/tar, which unpacks images for containerd, Docker and Podman; global
 * PAX records are without effect there, and refused here when they would rename or resize members.
 * No bytes at all, or zeroes only, are an archive without members; the closing zero blocks may be missing.
 * Throws INPUT_INVALID (no tar, damaged, cut off, a member whose path leaves the image: the error names it),
 * LIMIT_EXCEEDED, and what the chunks or the handler throw.
 */
export async function walkTar(
  chunks: AsyncIterable<Uint8Array>,
  handler: EntryHandler,
  options: TarOptions,
): Promise<TarTotals> {
  const walker = new TarWalker(handler, options.where);
  for await (const chunk of chunks) {
    options.signal?.throwIfAborted();
    walker.push(chunk);
  }
  return walker.end();
}

/** A member whose headers are complete. */
interface Member {
  readonly header: TarHeader;
  readonly name: string;
  readonly type: EntryType;
  /** Bytes of the body on the tape, maps not counted. */
  readonly tapeBytes: number;
  readonly pax: PaxRecords;
  readonly linkName: string;
  readonly sparse?: { readonly map: number[]; readonly realSize: number };
}

/** What the next block is. */
type Expected =
  | { readonly kind: 'header' }
  | { readonly kind: 'extension'; readonly typeflag: string; readonly bytes: Buffer; filled: number }
  | { readonly kind: 'old-map'; readonly member: Member; readonly map: number[]; readonly realSize: number }
  | { readonly kind: 'text-map'; readonly member: Member; readonly text: TextMap; taken: number };

const HEADER: Expected = { kind: 'header' };
const NO_RECORDS: PaxRecords = {};

/** The walk itself, without waiting: `push` all chunks, then `end`. Throws as `walkTar` does. */
export class TarWalker {
  readonly #handler: EntryHandler;
  readonly #where: string;
  readonly #carry: Buffer = Buffer.alloc(BLOCK_BYTES);
  readonly #give: (chunk: Uint8Array) => void;
  #carried = 0;
  #expected: Expected = HEADER;
  /** What is left of the present body, of the zeroes that fill it up to a block, and who gets it. */
  #body = 0;
  #padding = 0;
  #wanted = false;
  #sparse: SparseBody | undefined;
  /** What the extension headers said about the member to come. */
  #pax: PaxRecords | undefined;
  #longName: string | undefined;
  #longLink: string | undefined;
  #zeroBlocks = 0;
  #entries = 0;
  #bytes = 0;
  /** Bytes of the chunks before the present one; where the block at hand ends in the archive. */
  #before = 0;
  #blockEnd = 0;
  #holeBytes = 0;
  #seenHeader = false;

  constructor(handler: EntryHandler, where: string) {
    this.#handler = handler;
    this.#where = where;
    this.#give = (chunk) => handler.data(chunk);
  }

  /**
   * While a member is offered: where its body starts, in bytes from the start of the archive. For who wants to read
   * bodies later.
   */
  get bodyOffset(): number {
    return this.#blockEnd;
  }

  /** While a member is offered: bytes of its body on the tape; fewer than its size for a sparse file. */
  get bodyBytes(): number {
    return this.#body;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#before = this.#bytes;
    this.#bytes += bytes.length;
    let at = 0;
    while (at < bytes.length && this.#zeroBlocks < 2) {
      if (this.#body > 0) {
        at += this.#passBody(bytes, at);
      } else if (this.#padding > 0) {
        const step = Math.min(this.#padding, bytes.length - at);
        this.#padding -= step;
        at += step;
      } else {
        at += this.#takeBlock(bytes, at);
      }
    }
  }

  end(): TarTotals {
    const isPartial = this.#carry.subarray(0, this.#carried).some((byte) => byte !== 0);
    const isWaiting = this.#expected.kind !== 'header' || this.#announced();
    if (this.#zeroBlocks < 2 && (this.#body > 0 || isWaiting || isPartial)) {
      throw this.#wrong(this.#seenHeader ? 'the tar is cut off inside a member' : 'not a tar archive');
    }
    return { entries: this.#entries, bytes: this.#bytes };
  }

  #passBody(bytes: Buffer, at: number): number {
    const step = Math.min(this.#body, bytes.length - at);
    if (this.#wanted) {
      const part = bytes.subarray(at, at + step);
      if (this.#sparse === undefined) this.#handler.data(part);
      else this.#sparse.data(part, this.#give);
    }
    this.#body -= step;
    if (this.#body === 0) this.#endBody();
    return step;
  }

  #endBody(): void {
    if (!this.#wanted) return;
    this.#sparse?.end(this.#give);
    this.#sparse = undefined;
    this.#wanted = false;
    this.#handler.end();
  }

  /** Hands on the next block, in place where the chunk has all of it. */
  #takeBlock(bytes: Buffer, at: number): number {
    if (this.#carried === 0 && bytes.length - at >= BLOCK_BYTES) {
      this.#blockEnd = this.#before + at + BLOCK_BYTES;
      this.#block(bytes, at);
      return BLOCK_BYTES;
    }
    const step = Math.min(BLOCK_BYTES - this.#carried, bytes.length - at);
    bytes.copy(this.#carry, this.#carried, at, at + step);
    this.#carried += step;
    if (this.#carried === BLOCK_BYTES) {
      this.#carried = 0;
      this.#blockEnd = this.#before + at + step;
      this.#block(this.#carry, 0);
    }
    return step;
  }

  #block(block: Buffer, at: number): void {
    const expected = this.#expected;
    if (expected.kind === 'header') {
      this.#headerBlock(block, at);
    } else if (expected.kind === 'extension') {
      expected.filled += block.copy(expected.bytes, expected.filled, at, at + BLOCK_BYTES);
      if (expected.filled === expected.bytes.length) this.#extension(expected.typeflag, expected.bytes);
    } else if (expected.kind === 'old-map') {
      const { map, more } = readOldExtension(block, at, this.#where);
      for (const value of map) expected.map.push(value);
      this.#limitMap(expected.map.length);
      if (!more) this.#start({ ...expected.member, sparse: expected });
    } else {
      this.#textMapBlock(expected, block, at);
    }
  }

  #headerBlock(block: Buffer, at: number): void {
    const sum = blockSum(block, at);
    if (sum === 0) {
      if (this.#announced()) throw this.#wrong('the tar ends where a member was announced');
      this.#zeroBlocks++;
      return;
    }
    if (this.#zeroBlocks > 0) throw this.#wrong('a single block of zeroes stands between members');
    if (!isChecksumRight(block, at, sum)) {
      throw this.#wrong(this.#seenHeader ? 'the checksum of a header is wrong' : 'not a tar archive');
    }
    this.#seenHeader = true;
    const header = readHeader(block, at, this.#where);
    if (EXTENSIONS.has(header.typeflag)) this.#announce(header);
    else this.#memberHeader(header, block, at);
  }

  #announce({ typeflag, size }: TarHeader): void {
    if (size > LIMITS.paxHeaderBytes) throw this.#beyond(`an extension header claims ${size} bytes`);
    const bytes = Buffer.alloc(size);
    this.#expected = { kind: 'extension', typeflag, bytes, filled: 0 };
    if (size === 0) this.#extension(typeflag, bytes);
  }

  #extension(typeflag: string, bytes: Buffer): void {
    this.#expected = HEADER;
    if (typeflag === 'x') this.#pax = readPax(bytes, this.#where);
    else if (typeflag === 'g') this.#global(readPax(bytes, this.#where));
    else {
      const end = bytes.indexOf(0);
      const text = decodeName(end < 0 ? bytes : bytes.subarray(0, end));
      if (typeflag === 'L') this.#longName = text;
      else this.#longLink = text;
    }
  }

  #global(records: PaxRecords): void {
    const contested = contestedGlobal(records);
    if (contested !== undefined) throw this.#wrong(`a global PAX header sets ${contested} for all members`);
  }

  #announced(): boolean {
    return this.#pax !== undefined || this.#longName !== undefined || this.#longLink !== undefined;
  }

  #memberHeader(header: TarHeader, block: Buffer, at: number): void {
    const pax = this.#pax ?? NO_RECORDS;
    const name = pax.sparse?.name ?? nonEmpty(this.#longName) ?? pax.path ?? header.name;
    const linkName = nonEmpty(this.#longLink) ?? pax.linkPath ?? header.linkName;
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = undefined;
    const type = typeOf(header.typeflag, name);
    const tapeBytes = BODILESS.has(type) || DEVICES.has(header.typeflag) ? 0 : (pax.size ?? header.size);
    if (tapeBytes > LIMITS.layerUnpackedBytes)
      throw this.#beyond(`member ${shownName(name)} claims ${tapeBytes} bytes`);
    const member: Member = { header, name, type, tapeBytes, pax, linkName };
    if (type === 'file' && header.typeflag === 'S') this.#oldSparse(member, block, at);
    else if (type === 'file' && pax.sparse !== undefined) this.#paxSparse(member, pax.sparse);
    else this.#start(member);
  }

  #oldSparse(member: Member, block: Buffer, at: number): void {
    const { map, more, realSize } = readOldHeader(block, at, this.#where);
    if (more) this.#expected = { kind: 'old-map', member, map, realSize };
    else this.#start({ ...member, sparse: { map, realSize } });
  }

  #paxSparse(member: Member, { mapInBody, map, realSize }: NonNullable<PaxRecords['sparse']>): void {
    if (mapInBody) {
      this.#expected = { kind: 'text-map', member, text: new TextMap(this.#where), taken: 0 };
      return;
    }
    this.#start({ ...member, sparse: { map: [...map], realSize: realSize ?? member.tapeBytes } });
  }

  #textMapBlock(expected: Extract<Expected, { kind: 'text-map' }>, block: Buffer, at: number): void {
    const { member, text } = expected;
    const left = member.tapeBytes - expected.taken;
    expected.taken += BLOCK_BYTES;
    const isComplete = text.push(block, at, Math.max(0, Math.min(left, BLOCK_BYTES)));
    this.#limitMap(text.map.length);
    const tapeBytes = member.tapeBytes - expected.taken;
    if (tapeBytes < 0 || (tapeBytes === 0 && !isComplete))
      throw this.#wrong('the map of a sparse member is longer than its body');
    if (!isComplete) return;
    const realSize = member.pax.sparse?.realSize ?? tapeBytes;
    this.#start({ ...member, tapeBytes, sparse: { map: text.map, realSize } });
  }

  /** Offers a member whose headers and maps are all read. */
  #start(member: Member): void {
    this.#expected = HEADER;
    if (++this.#entries > LIMITS.tarEntries)
      throw this.#beyond(`it has more than ${LIMITS.tarEntries} members`);
    const { sparse, tapeBytes } = member;
    const body = sparse && new SparseBody(sparse.map, sparse.realSize, tapeBytes, this.#where);
    const size = member.type === 'file' ? (sparse?.realSize ?? tapeBytes) : 0;
    this.#body = tapeBytes;
    this.#padding = paddingOf(tapeBytes);
    const isAsked = this.#handler.entry(this.#entryOf(member, size));
    this.#wanted = isAsked && member.type === 'file';
    if (this.#wanted && body !== undefined) {
      this.#sparse = body;
      this.#holeBytes += size - tapeBytes;
      if (this.#holeBytes > LIMITS.layerUnpackedBytes) throw this.#beyond('its sparse members are too large');
    }
    if (tapeBytes === 0) this.#endBody();
    if (isAsked && member.type !== 'file') this.#handler.end();
  }

  #entryOf({ header, name, type, pax, linkName }: Member, size: number): Entry {
    const path = this.#pathOf(name, name, 'its path');
    if (path === '' && type !== 'folder')
      throw this.#wrong(`member ${shownName(name)} would replace the root`);
    const { mode, uid, gid } = header;
    const entry: Entry = { path, type, size, mode: mode & 0o7777, uid: pax.uid ?? uid, gid: pax.gid ?? gid };
    if (type !== 'symlink' && type !== 'hardlink' && pax.xattrs === undefined) return entry;
    return {
      ...entry,
      ...(type === 'symlink' && { linkTarget: this.#symlinkTarget(linkName, name) }),
      ...(type === 'hardlink' && { linkTarget: this.#pathOf(linkName, name, 'the path that it links to') }),
      ...(pax.xattrs !== undefined && { xattrs: pax.xattrs }),
    };
  }

  #pathOf(raw: string, name: string, what: string): string {
    const path = cleanEntryPath(raw);
    if (path !== undefined) return path;
    throw this.#wrong(
      `member ${shownName(name)} is refused: ${what} is ${shownName(raw)}, and ${pathFault(raw)}`,
    );
  }

  #symlinkTarget(target: string, name: string): string {
    if (target.length <= LIMITS.pathBytes) return target;
    throw this.#beyond(`member ${shownName(name)} links to a path of ${target.length} bytes`);
  }

  #limitMap(numbers: number): void {
    if (numbers * 8 > LIMITS.paxHeaderBytes) throw this.#beyond('the map of a sparse member is too long');
  }

  #wrong(message: string): Error {
    return tarError(this.#where, message);
  }

  #beyond(message: string): Error {
    return tarError(this.#where, message, 'LIMIT_EXCEEDED');
  }
}

/** Headers that only say something about the next one, or all others. */
const EXTENSIONS: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K']);
const BODILESS: ReadonlySet<EntryType> = new Set<EntryType>(['folder', 'symlink', 'hardlink']);
/** Character and block device, fifo: their size field means nothing. */
const DEVICES: ReadonlySet<string> = new Set(['3', '4', '6']);

function typeOf(typeflag: string, name: string): EntryType {
  switch (typeflag) {
    case '0':
    case 'S':
      return 'file';
    case '\0':
      // v7 knows folders by the slash.
      return name.endsWith('/') ? 'folder' : 'file';
    case '1':
      return 'hardlink';
    case '2':
      return 'symlink';
    case '5':
      return 'folder';
    default:
      return 'other';
  }
}

function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
