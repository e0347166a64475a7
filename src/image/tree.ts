import { type BigIntStats, constants } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry, EntryHandler, EntryType } from '../archive/index.ts';
import { LIMITS, messageOf, PratiqueError, systemCode } from '../kit/index.ts';
import type { Diagnostic } from '../model/index.ts';

/**
 * Walks with `lstat` alone, depth first, the names of each folder in byte order. What cannot be read is handed back.
 * Throws LIMIT_EXCEEDED past LIMITS.tarEntries and LIMITS.pathDepth, FILE_IO when the root itself cannot be read.
 */
export async function walkTree(
  folder: string,
  handler: EntryHandler,
  signal?: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const root = Buffer.from(folder);
  const { dev } = await lstat(join(folder, '.'), { bigint: true });
  const walk: Walk = { root, device: dev, handler, signal, diagnostics: [NO_XATTRS] };
  const pending = await childrenOf(walk, { path: Buffer.alloc(0), depth: 0 });
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal?.throwIfAborted();
    if (++count > LIMITS.tarEntries) throw tooMuch(`more than ${LIMITS.tarEntries} files`, folder);
    if (next.depth > LIMITS.pathDepth)
      throw tooMuch(`folders nested deeper than ${LIMITS.pathDepth}`, folder);
    if (await visit(walk, next)) for (const child of await childrenOf(walk, next)) pending.push(child);
  }
  return walk.diagnostics;
}

interface Walk {
  readonly root: Buffer;
  readonly device: bigint;
  readonly handler: EntryHandler;
  readonly signal: AbortSignal | undefined;
  readonly diagnostics: Diagnostic[];
}

/** A member of the tree: its path inside, as bytes (names need not be UTF-8), and how deep it lies. */
interface Member {
  readonly path: Buffer;
  readonly depth: number;
}

const SLASH = Buffer.from('/');
const CHUNK_BYTES = 256 * 1024;

/** Node.js cannot read extended attributes, and file capabilities are among them. */
const NO_XATTRS: Diagnostic = {
  code: 'no-extended-attributes',
  message: 'file capabilities and other extended attributes are not read from a folder',
  unknown: false,
  hint: 'scan the image itself to have them checked',
};

/** The children, the last first, so that the first is popped first. */
async function childrenOf(walk: Walk, { path, depth }: Member): Promise<Member[]> {
  try {
    const names = await readdir(diskPath(walk, path), { encoding: 'buffer' });
    names.sort(Buffer.compare).reverse();
    return names.map((name) => ({
      path: path.length === 0 ? name : Buffer.concat([path, SLASH, name]),
      depth: depth + 1,
    }));
  } catch (error) {
    if (depth === 0)
      throw new PratiqueError('FILE_IO', messageOf(error), { where: String(walk.root), cause: error });
    unreadable(walk, path, error);
    return [];
  }
}

/** Hands one member over; true for a folder to go into. */
async function visit(walk: Walk, { path }: Member): Promise<boolean> {
  const { handler } = walk;
  try {
    const stats = await lstat(diskPath(walk, path), { bigint: true });
    const entry = await entryOf(walk, path, stats);
    const wanted = handler.entry(entry);
    if (wanted) await (entry.type === 'file' ? handBody(walk, path, entry) : handler.end());
    return entry.type === 'folder' && !isKernelView(walk, path, stats);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    unreadable(walk, path, error);
    return false;
  }
}

async function entryOf(walk: Walk, path: Buffer, stats: BigIntStats): Promise<Entry> {
  const type = typeOf(stats);
  return {
    path: path.toString('utf8'),
    type,
    size: type === 'file' ? Number(stats.size) : 0,
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    ...(type === 'symlink' ? { linkTarget: await readlink(diskPath(walk, path)) } : {}),
  };
}

function typeOf(stats: BigIntStats): EntryType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

/** Hands over exactly as many bytes as the entry promised; a file that shrinks meanwhile is noted. */
async function handBody(walk: Walk, path: Buffer, entry: Entry): Promise<void> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let left = entry.size;
  let failure: unknown;
  try {
    const file = await open(diskPath(walk, path), flags);
    try {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(left, 1)));
      while (left > 0) {
        walk.signal?.throwIfAborted();
        const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, left));
        if (bytesRead === 0) break;
        walk.handler.data(buffer.subarray(0, bytesRead));
        left -= bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    failure = error;
  }
  walk.handler.end();
  if (failure !== undefined || left > 0) {
    unreadable(walk, path, failure ?? new Error(`it ends ${left} bytes early: it changed while it was read`));
  }
}

/** `/proc`, `/sys` and `/dev` of a running system are no part of the file system, though they are mounted in it. */
function isKernelView(walk: Walk, path: Buffer, stats: BigIntStats): boolean {
  const name = path.toString('utf8');
  if (stats.dev === walk.device || !['proc', 'sys', 'dev'].includes(name)) return false;
  walk.diagnostics.push({
    code: 'kernel-file-system',
    message: `/${name} is the running kernel's and was left out`,
    unknown: false,
    where: name,
  });
  return true;
}

function unreadable(walk: Walk, path: Buffer, error: unknown): void {
  const where = path.toString('utf8');
  walk.diagnostics.push({
    code: 'unreadable-file',
    message: `${where} could not be read: ${systemCode(error) ?? messageOf(error)}`,
    unknown: true,
    where,
    ...(systemCode(error) === 'EACCES' ? { hint: 'run it as a user who may read the whole tree' } : {}),
  });
}

/** From the file system, not from the handler. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function diskPath(walk: Walk, path: Buffer): Buffer {
  return path.length === 0 ? walk.root : Buffer.concat([walk.root, SLASH, path]);
}

function tooMuch(what: string, where: string): PratiqueError {
  return new PratiqueError('LIMIT_EXCEEDED', `the folder has ${what}`, { where });
}
