import { randomBytes } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf, PratiqueError, systemCode } from './errors.ts';

/** Reads a whole file of at most `maxBytes`. Throws INPUT_NOT_FOUND, LIMIT_EXCEEDED, FILE_IO. */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  const bytes = await readIfThere(path, maxBytes);
  if (bytes === undefined)
    throw new PratiqueError('INPUT_NOT_FOUND', `there is no file ${path}`, { where: path });
  return bytes;
}

/** Like `readBounded`, but undefined where there is no such file. */
export async function readIfThere(path: string, maxBytes: number): Promise<Buffer | undefined> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    handle = await open(path, 'r');
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge(path, maxBytes);
    const bytes = await handle.readFile();
    if (bytes.length > maxBytes) throw tooLarge(path, maxBytes);
    return bytes;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw asFileError(error, path);
  } finally {
    await handle?.close();
  }
}

/**
 * Writes whole or not at all: to a neighbour file, synced, then renamed over `path`. Only a device, a pipe and an open
 * file (`/dev/stdout`) are written to as they are: nothing may take their place. Throws FILE_IO.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (OPEN_FILE.test(path) || (await fileKind(path)) === 'other') return writeThrough(path, content);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await makeFolder(dirname(path));
    if (typeof content === 'string' || content instanceof Uint8Array) {
      const handle = await open(temporary, 'wx');
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } else {
      await pipeline(content, createWriteStream(temporary, { flags: 'wx', flush: true }));
    }
    await rename(temporary, path);
  } catch (error) {
    await removeTemporary(temporary);
    throw asFileError(error, path);
  }
}

/** The names by which a process reaches what it has open; behind them may lie a file. */
const OPEN_FILE = /^\/(?:dev\/(?:stdin|stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/;

async function writeThrough(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    const handle = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** Removes a file that was for the time being. Never throws: why it could not be made says more. */
export async function removeTemporary(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/**
 * Makes a folder and those above it. `mkdir` could do that by itself, but never returns where a file system says
 * "not there" of something in a folder that is there, as /proc does. Throws FILE_IO.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); (await fileKind(at)) === undefined; at = dirname(at)) {
    if (at === dirname(at)) break;
    missing.push(at);
  }
  for (const folder of missing.reverse()) {
    await mkdir(folder).catch((error: unknown) => {
      // Another process may have been faster.
      if (systemCode(error) !== 'EEXIST') throw asFileError(error, path);
    });
  }
}

/** The bytes of a file in chunks of `chunkBytes` (256 KiB unless told), from `start` to `end` (inclusive). */
export function readStream(
  path: string,
  range: { start?: number; end?: number; chunkBytes?: number } = {},
): AsyncIterable<Uint8Array> {
  const { chunkBytes = 256 * 1024, ...span } = range;
  return createReadStream(path, { highWaterMark: chunkBytes, ...span });
}

export async function fileKind(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw asFileError(error, path);
  }
}

/** Sorted names in a folder; empty where there is none. */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw asFileError(error, path);
  }
}

function tooLarge(path: string, maxBytes: number): PratiqueError {
  return new PratiqueError('LIMIT_EXCEEDED', `${path} is larger than ${maxBytes} bytes`, { where: path });
}

function asFileError(error: unknown, path: string): Error {
  if (error instanceof PratiqueError) return error;
  return new PratiqueError('FILE_IO', `${path}: ${messageOf(error)}`, { where: path, cause: error });
}
