import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  fileKind,
  LIMITS,
  PratiqueError,
  readIfThere,
  readStream,
  removeTemporary,
  writeWhole,
} from '../../kit/index.ts';
import { dateOf, defined, isObject, textOf } from '../json-values.ts';
import type { FeedContent } from '../updater.ts';
import { removeLeftovers } from './leftovers.ts';

/** A feed file on the disk, with what is known of where it came from. */
export interface RawFile {
  /** Just downloaded, kept from before, or somebody else's. */
  readonly state: 'new' | 'kept' | 'local';
  readonly path: string;
  readonly size: number;
  /** sha256 of its bytes. */
  readonly digest: string;
  readonly url: string;
  /** RFC 3339: when it was fetched or last confirmed to be the newest. */
  readonly fetchedAt: string;
  readonly etag?: string;
  /** The server's `Last-Modified`, as it wrote it. */
  readonly modified?: string;
}

/** Keeps the last good file of every feed, so that one that did not change, or is broken today, need not be had. */
export class RawFiles {
  readonly #folder: string;
  readonly #pending = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The last good one; undefined when there is none, or when it is not what it was. */
  async last(feed: string, file: string): Promise<RawFile | undefined> {
    const path = this.#path(feed, file);
    const bytes = await readIfThere(`${path}.json`, 64 * 1024);
    if (bytes === undefined) return undefined;
    const state = parsedState(bytes);
    if (state === undefined || (await fileKind(path)) !== 'file') return undefined;
    const { size, digest } = await measure(path);
    if (size !== state.size || digest !== state.digest) return undefined;
    return { ...state, state: 'kept', path };
  }

  /** Stores a download beside the last good one; `accept` puts it in its place. */
  async download(
    at: { readonly feed: string; readonly file: string },
    body: AsyncIterable<Uint8Array>,
    from: Pick<RawFile, 'url' | 'fetchedAt' | 'etag' | 'modified'>,
  ): Promise<RawFile> {
    const path = `${this.#path(at.feed, at.file)}.${randomBytes(6).toString('hex')}.new`;
    const { measured, result } = measuring(body, from.url);
    this.#pending.add(path);
    await writeWhole(path, measured);
    return { state: 'new', path, ...result(), ...from };
  }

  /** A download that proved good becomes the last good one; of a kept one the time of looking is noted. */
  async accept(feed: string, file: string, raw: RawFile): Promise<void> {
    if (raw.state === 'local') return;
    const path = this.#path(feed, file);
    const { path: _path, state: _state, ...facts } = raw;
    if (raw.state === 'new') {
      // The facts go first and come back last, so that they never speak of another file.
      await rm(`${path}.json`, { force: true });
      await rename(raw.path, path);
      this.#pending.delete(raw.path);
    }
    await writeWhole(`${path}.json`, `${JSON.stringify(facts)}\n`);
  }

  /** Removes what updates left of these feeds that were killed while they downloaded. */
  async removeLeftovers(feeds: readonly string[]): Promise<void> {
    for (const feed of feeds) {
      await removeLeftovers(join(this.#folder, feed), /\.[0-9a-f]{12}\.(?:new|tmp)$/);
    }
  }

  /** Removes every download that was not accepted. */
  async discard(): Promise<void> {
    for (const path of this.#pending) await removeTemporary(path);
    this.#pending.clear();
  }

  #path(feed: string, file: string): string {
    return join(this.#folder, feed, encodeURIComponent(file));
  }
}

/** A file that somebody else keeps, as it lies there. */
export async function localFile(path: string, url: string, fetchedAt: string): Promise<RawFile> {
  return { state: 'local', path, ...(await measure(path)), url, fetchedAt };
}

async function measure(path: string): Promise<Pick<RawFile, 'size' | 'digest'>> {
  const { measured, result } = measuring(readStream(path), path);
  for await (const _chunk of measured);
  return result();
}

/** The content of a file for as long as `use` runs. */
export async function withContent<T>(raw: RawFile, use: (content: FeedContent) => Promise<T>): Promise<T> {
  const handle = await open(raw.path, 'r');
  try {
    return await use({
      size: raw.size,
      bytes: () => readStream(raw.path),
      read: async (offset, length) => {
        const wanted = Math.max(0, Math.min(length, raw.size - offset));
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await handle.close();
  }
}

function measuring(
  body: AsyncIterable<Uint8Array>,
  where: string,
): { measured: AsyncIterable<Uint8Array>; result: () => { size: number; digest: string } } {
  const hash = createHash('sha256');
  let size = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > LIMITS.feedFileBytes) {
        throw new PratiqueError('LIMIT_EXCEEDED', `${where} is larger than ${LIMITS.feedFileBytes} bytes`, {
          where,
        });
      }
      hash.update(chunk);
      yield chunk;
    }
  }
  return { measured: measured(), result: () => ({ size, digest: `sha256:${hash.digest('hex')}` }) };
}

function parsedState(bytes: Buffer): Omit<RawFile, 'path' | 'state'> | undefined {
  try {
    const state: unknown = JSON.parse(bytes.toString('utf8'));
    if (!isObject(state) || typeof state.size !== 'number') return undefined;
    const [digest, url, fetchedAt] = [textOf(state.digest), textOf(state.url), dateOf(state.fetchedAt)];
    if (digest === undefined || url === undefined || fetchedAt === undefined) return undefined;
    const [etag, modified] = [textOf(state.etag), textOf(state.modified)];
    return defined({ size: state.size, digest, url, fetchedAt, etag, modified });
  } catch {
    return undefined;
  }
}
