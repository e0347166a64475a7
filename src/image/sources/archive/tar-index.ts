import { posix } from 'node:path';
import { type Entry, type EntryType, TarWalker } from '../../../archive/index.ts';
import { LIMITS, PratiqueError } from '../../../kit/index.ts';

/** A member of an archive: where its body lies, in bytes from the archive's start. */
export interface IndexedMember {
  readonly type: EntryType;
  readonly offset: number;
  readonly size: number;
  readonly linkTarget?: string;
}

/** What an image archive holds, by path. */
export interface TarIndex {
  readonly members: ReadonlyMap<string, IndexedMember>;
  /** Paths that more than one member has; the last one counts, as it does for who unpacks the archive. */
  readonly repeated: ReadonlySet<string>;
}

/** No member of an image archive is called longer; a longer one is left out, as nothing can name it. */
const MAX_NAME = 512;

/** What opens an archive as an image; without one of them, many members mean that it is something else. */
const DOCUMENTS = ['manifest.json', 'index.json', 'oci-layout'];

/**
 * Lists the members of a tar, bodies unread. `onBody` is told where each body ends before the next chunk is asked
 * for, so that the reader can skip it. Throws what `TarWalker` throws, and LIMIT_EXCEEDED past LIMITS.archiveMembers;
 * a tar with that many members and none of an image's documents among them is returned as far as it was read.
 */
export async function indexTar(
  chunks: AsyncIterable<Uint8Array>,
  where: string,
  onBody: (end: number) => void,
  signal?: AbortSignal,
): Promise<TarIndex> {
  const members = new Map<string, IndexedMember>();
  const repeated = new Set<string>();
  const entry = (found: Entry): boolean => {
    const { path, size, linkTarget } = found;
    const offset = walker.bodyOffset;
    const stored = walker.bodyBytes;
    // A sparse file does not lie there in one piece, and no tool writes a part of an image as one.
    const type = found.type === 'file' && stored !== size ? 'other' : found.type;
    onBody(offset + stored);
    if (path === '' || path.length > MAX_NAME || (linkTarget?.length ?? 0) > MAX_NAME) return false;
    if (members.has(path) && type !== 'folder') repeated.add(path);
    if (members.size >= LIMITS.archiveMembers) throw new TooMany();
    members.set(path, { type, offset, size, ...(linkTarget === undefined ? {} : { linkTarget }) });
    return false;
  };
  const walker = new TarWalker({ entry, data: () => undefined, end: () => undefined }, where);
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      walker.push(chunk);
    }
    walker.end();
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    if (DOCUMENTS.some((name) => members.has(name))) {
      const message = `the archive has more than ${LIMITS.archiveMembers} members`;
      throw new PratiqueError('LIMIT_EXCEEDED', message, { where });
    }
  }
  return { members, repeated };
}

class TooMany extends Error {}

/**
 * The file at a path, symbolic and hard links followed inside the archive (`docker save` before version 25 links
 * layers that images share); undefined where there is none, or the links lead out, or never end.
 */
export function findFile(index: TarIndex, path: string): IndexedMember | undefined {
  let at = insidePath(path);
  for (let hops = 0; at !== undefined && hops <= LIMITS.linkHops; hops++) {
    const member = index.members.get(at);
    if (member === undefined || member.type === 'file') return member;
    if (member.linkTarget === undefined) return undefined;
    at =
      member.type === 'hardlink' ? insidePath(member.linkTarget) : insidePath(joined(at, member.linkTarget));
  }
  return undefined;
}

/** Bytes of a tar's header, and what bodies are padded to. */
export const TAR_BLOCK = 512;

/**
 * Whether a block is a tar header, by its checksum, or the zeros that end a tar without members. Source:
 * POSIX.1-2017 pax, "ustar Interchange Format", chksum.
 */
export function looksLikeTar(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < TAR_BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  const field = Buffer.from(block.subarray(148, 156)).toString('latin1');
  const written = Number.parseInt(field.replaceAll('\0', ' ').trim(), 8);
  return written === unsigned || written === signed || block.every((byte) => byte === 0);
}

function joined(link: string, target: string): string {
  return posix.isAbsolute(target) ? '..' : posix.join(posix.dirname(link), target);
}

/** As the index has it; undefined when it leads out of the archive. */
function insidePath(path: string): string | undefined {
  const plain = posix.normalize(path).replace(/^\/+/, '');
  return plain === '..' || plain.startsWith('../') || plain === '.' ? undefined : plain;
}
