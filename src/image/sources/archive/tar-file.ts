import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { decompress, sniffCompression } from '../../../archive/index.ts';
import { LIMITS, messageOf, PratiqueError } from '../../../kit/index.ts';
import type { Missed, SourceContext } from '../../image.ts';
import type { LayoutFiles } from '../../oci-layout.ts';
import { openSpool, type Spool } from './spool.ts';
import { findFile, indexTar, looksLikeTar, TAR_BLOCK, type TarIndex } from './tar-index.ts';

/** An open archive: its members, and their bodies in any order. */
export interface TarFile extends LayoutFiles {
  readonly index: TarIndex;
  /** Bytes of the file at a path, links followed; undefined where there is none. */
  sizeOf(path: string): number | undefined;
}

const CHUNK_BYTES = 256 * 1024;
const FILLER = Buffer.alloc(4 * CHUNK_BYTES);

/**
 * Opens a tar, plain or packed with gzip or zstd, which its first bytes tell; `Missed` when it is none. A plain one
 * is listed by its headers, its bodies skipped, and read in place. A packed one cannot be read at will, so it is
 * unpacked once, into a folder of its own under `TMPDIR` (readable by its owner only, at most
 * LIMITS.archiveUnpackedBytes) that is removed by `close` and, where the system lets go of open files, at once. The
 * memory that this takes does not grow with the archive, but for its list of members. Throws INPUT_INVALID,
 * LIMIT_EXCEEDED, FILE_IO.
 */
export async function openTarFile(
  path: string,
  where: string,
  context: SourceContext,
): Promise<TarFile | Missed> {
  const handle = await openFile(path, where);
  try {
    const head = await headOf(handle);
    if (head.length === 0) return await missed(handle, 'it is an empty file');
    const kind = sniffCompression(head);
    if (kind === 'none') {
      if (!looksLikeTar(head))
        return await missed(handle, 'its first bytes are those of no tar, gzip or zstd file');
      return await openPlain(handle, where, context);
    }
    if (kind !== 'gzip' && kind !== 'zstd') {
      const name = kind.slice(kind.indexOf(':') + 1);
      return await missed(handle, `it is packed with ${name}; tar, gzip and zstd are understood`);
    }
    return await openPacked(handle, where, context);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(path: string, where: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new PratiqueError('FILE_IO', messageOf(error), { where, cause: error });
  }
}

async function missed(handle: FileHandle, reason: string): Promise<Missed> {
  await handle.close();
  return { missed: reason };
}

async function headOf(handle: FileHandle): Promise<Buffer> {
  const head = Buffer.alloc(TAR_BLOCK);
  const { bytesRead } = await handle.read(head, 0, TAR_BLOCK, 0);
  return head.subarray(0, bytesRead);
}

async function openPlain(handle: FileHandle, where: string, context: SourceContext): Promise<TarFile> {
  const { size } = await handle.stat();
  let skipTo = 0;
  const chunks = skimming(handle, size, () => skipTo);
  const index = await indexTar(chunks, where, (end) => (skipTo = end), context.signal);
  return tarFile(handle, index, where, () => handle.close());
}

/** The bytes of the file, zeros in place of those before `skipTo()`: nobody looks at them, so they are not read. */
async function* skimming(handle: FileHandle, size: number, skipTo: () => number): AsyncGenerator<Uint8Array> {
  let at = 0;
  while (at < size) {
    const gap = Math.min(skipTo(), size) - at;
    const chunk = gap > 0 ? FILLER.subarray(0, gap) : await readSome(handle, at, size - at);
    if (chunk.length === 0) return;
    at += chunk.length;
    yield chunk;
  }
}

async function openPacked(
  packed: FileHandle,
  where: string,
  context: SourceContext,
): Promise<TarFile | Missed> {
  const spool = await openSpool(context.env['TMPDIR'] || tmpdir());
  try {
    const { signal } = context;
    const source = decompress(rangeOf(packed, 0, Number.POSITIVE_INFINITY, where), {
      where,
      maxBytes: LIMITS.archiveUnpackedBytes,
      ...(signal === undefined ? {} : { signal }),
    });
    const index = await indexTar(spooled(source, spool), where, () => undefined, signal);
    await packed.close();
    return tarFile(spool.handle, index, where, () => spool.close());
  } catch (error) {
    await spool.close();
    if (!(error instanceof NoTar)) throw error;
    return missed(packed, 'it is packed, but what is inside is no tar');
  }
}

class NoTar extends Error {}

/** Writes what passes, once the first block has shown that it is worth it. */
async function* spooled(chunks: AsyncIterable<Uint8Array>, spool: Spool): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const part: Uint8Array = head === undefined || head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head !== undefined && part.length < TAR_BLOCK) {
      head = part;
      continue;
    }
    if (head !== undefined && !looksLikeTar(part.subarray(0, TAR_BLOCK))) throw new NoTar();
    head = undefined;
    await spool.write(part);
    yield part;
  }
  if (head !== undefined) throw new NoTar();
}

function tarFile(handle: FileHandle, index: TarIndex, where: string, close: () => Promise<void>): TarFile {
  let closing: Promise<void> | undefined;
  return {
    index,
    sizeOf: (path) => findFile(index, path)?.size,
    has: async (path) => findFile(index, path) !== undefined,
    read: async (path, maxBytes) => {
      const member = findFile(index, path);
      if (member === undefined) return refuseFolder(index, path, where);
      if (member.size > maxBytes) {
        const message = `${path} in the archive is larger than ${maxBytes} bytes`;
        throw new PratiqueError('LIMIT_EXCEEDED', message, { where });
      }
      const parts: Uint8Array[] = [];
      for await (const part of rangeOf(handle, member.offset, member.size, where)) parts.push(part);
      return Buffer.concat(parts);
    },
    open: async (path, signal) => {
      const member = findFile(index, path);
      if (member !== undefined) return rangeOf(handle, member.offset, member.size, where, signal);
      throw new PratiqueError('INPUT_INVALID', `the archive has no file ${path}`, { where });
    },
    close: () => (closing ??= close()),
  };
}

function refuseFolder(index: TarIndex, path: string, where: string): undefined {
  if (!index.members.has(path)) return undefined;
  throw new PratiqueError('INPUT_INVALID', `${path} in the archive is not a file`, { where });
}

/** `length` bytes from `start` on, or all when it is infinite. Throws INPUT_INVALID when the file ends before. */
async function* rangeOf(
  handle: FileHandle,
  start: number,
  length: number,
  where: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = length;
  for (let at = start; left > 0; ) {
    signal?.throwIfAborted();
    const chunk = await readSome(handle, at, left);
    if (chunk.length === 0) {
      if (left === Number.POSITIVE_INFINITY) return;
      throw new PratiqueError('INPUT_INVALID', `the archive ends ${left} bytes early`, { where });
    }
    at += chunk.length;
    left -= chunk.length;
    yield chunk;
  }
}

/** A buffer of its own for each chunk: readers may keep it. */
async function readSome(handle: FileHandle, at: number, most: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, most));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
  return buffer.subarray(0, bytesRead);
}
