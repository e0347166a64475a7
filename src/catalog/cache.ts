import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import { LIMITS, type Log, messageOf, readIfThere, silentLog, writeWhole } from '../kit/index.ts';
import { type Digest, digestAlgorithm, digestHex } from '../model/index.ts';
import { decodeRecord, type LayerRecord, RECORD_FORMAT } from './record.ts';

/** What a record was made from: bytes that had this digest, and these catalogers. */
export interface CacheKey {
  /** Of the blob as it was read and checked; never a diff id, which is only claimed. */
  readonly digest: Digest;
  /** `Router.fingerprint`. */
  readonly fingerprint: string;
  /** Tells records of parts of a layer apart; lower-case letters and digits. */
  readonly part?: string;
}

/** What a whole catalog was made from: `catalogKeyOf` and these catalogers. */
export interface WholeKey {
  readonly key: string;
  readonly fingerprint: string;
}

/** Layer records and whole catalogs between runs. Never fails: what cannot be read is a miss, what cannot be written a warning. */
export interface LayerCache {
  get(key: CacheKey): Promise<LayerRecord | undefined>;
  put(key: CacheKey, record: LayerRecord): Promise<void>;
  /** The bytes of a finished catalog. */
  getWhole(key: WholeKey): Promise<Uint8Array | undefined>;
  putWhole(key: WholeKey, bytes: Uint8Array): Promise<void>;
  /** Removes the records that were not used for longest, until the rest fits. */
  trim(): Promise<void>;
}

/**
 * The folder for files that may be deleted at any time: `$XDG_CACHE_HOME/pratique`, on Windows
 * `%LOCALAPPDATA%\pratique\cache`. Undefined when the environment names no home. Source: XDG Base Directory
 * Specification 0.8, which has relative values ignored.
 */
export function cacheFolderOf(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const paths = platform === 'win32' ? win32 : posix;
  const named = (name: string): string | undefined => {
    const value = env[name];
    return value !== undefined && paths.isAbsolute(value) ? value : undefined;
  };
  if (platform === 'win32') {
    const local = named('LOCALAPPDATA');
    return local === undefined ? undefined : paths.join(local, 'pratique', 'cache');
  }
  const home = named('HOME');
  const base = named('XDG_CACHE_HOME') ?? (home === undefined ? undefined : paths.join(home, '.cache'));
  return base === undefined ? undefined : paths.join(base, 'pratique');
}

/**
 * Keeps records as files in `folder/layers`, by default in `cacheFolderOf(env)`; `maxBytes` for all of them together.
 * Undefined, with a warning, when there is no place for a cache.
 */
export function openLayerCache(options: {
  env: Readonly<Record<string, string | undefined>>;
  folder?: string;
  maxBytes?: number;
  log?: Log;
}): LayerCache | undefined {
  const folder = options.folder ?? cacheFolderOf(options.env);
  if (folder === undefined) {
    options.log?.warn('no layer cache: the environment names no folder for it');
    return undefined;
  }
  return new FolderCache(join(folder, 'layers'), options.maxBytes ?? LIMITS.cacheBytes, options.log);
}

const TOUCH_AFTER_MS = 3_600_000;
/** Trimming goes below the cap, so that not every scan has to trim. */
const TRIM_TO = 0.9;

class FolderCache implements LayerCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #log: Log;
  #warned = false;

  constructor(folder: string, maxBytes: number, log: Log = silentLog) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  async get(key: CacheKey): Promise<LayerRecord | undefined> {
    const path = this.#pathOf(key);
    try {
      const bytes = await readIfThere(path, LIMITS.layerRecordBytes * 4);
      const record = bytes === undefined ? undefined : decodeRecord(bytes);
      if (record?.digest === key.digest) {
        await touch(path);
        return record;
      }
      if (bytes !== undefined) this.#log.debug('cached layer record is damaged', { path });
    } catch (error) {
      this.#log.debug('cached layer record cannot be read', { path, error: messageOf(error) });
    }
    return undefined;
  }

  async put(key: CacheKey, record: LayerRecord): Promise<void> {
    try {
      await writeWhole(this.#pathOf(key), record.encode());
    } catch (error) {
      this.#warn(error);
    }
  }

  async getWhole(key: WholeKey): Promise<Uint8Array | undefined> {
    const path = this.#wholePathOf(key);
    try {
      const bytes = await readIfThere(path, LIMITS.layerRecordBytes * 4);
      if (bytes !== undefined) await touch(path);
      return bytes;
    } catch (error) {
      this.#log.debug('cached catalog cannot be read', { path, error: messageOf(error) });
      return undefined;
    }
  }

  async putWhole(key: WholeKey, bytes: Uint8Array): Promise<void> {
    try {
      await writeWhole(this.#wholePathOf(key), bytes);
    } catch (error) {
      this.#warn(error);
    }
  }

  async trim(): Promise<void> {
    try {
      await this.#trim();
    } catch (error) {
      this.#warn(error);
    }
  }

  async #trim(): Promise<void> {
    const files = await this.#list();
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= this.#maxBytes) return;
    files.sort((a, b) => a.usedMs - b.usedMs);
    for (const { path, size } of files) {
      if (total <= this.#maxBytes * TRIM_TO) return;
      await rm(path, { force: true });
      total -= size;
    }
  }

  async #list(): Promise<{ path: string; size: number; usedMs: number }[]> {
    const names = await readdir(this.#folder, { recursive: true });
    const files: { path: string; size: number; usedMs: number }[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      // Another process may have removed it since.
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() === true) files.push({ path, size: found.size, usedMs: found.mtimeMs });
    }
    return files;
  }

  #pathOf({ digest, fingerprint, part }: CacheKey): string {
    const hex = digestHex(digest);
    const name = `${digestAlgorithm(digest)}-${hex}${part === undefined ? '' : `-${part}`}`;
    return join(this.#folder, `${fingerprint}-${RECORD_FORMAT}`, hex.slice(0, 2), name);
  }

  #wholePathOf({ key, fingerprint }: WholeKey): string {
    return join(this.#folder, `${fingerprint}-${RECORD_FORMAT}`, 'whole', key);
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#log.warn('layer cache cannot be written', { folder: this.#folder, error: messageOf(error) });
  }
}

/** Marks a record as used now, at most once an hour. */
async function touch(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > TOUCH_AFTER_MS) await utimes(path, new Date(), new Date());
  } catch {
    // Only its place in the order of use is lost.
  }
}
