import { join } from 'node:path';
import {
  fileKind,
  type HttpResponse,
  httpRequest,
  LIMITS,
  type Log,
  PratiqueError,
} from '../../kit/index.ts';
import type { FeedFile } from '../updater.ts';

/** What a source says to the wish for one file. */
export type Answer =
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'local'; readonly path: string; readonly url: string }
  | { readonly kind: 'body'; readonly response: HttpResponse; readonly url: string };

/** What we have of a file, and what the server said of it then. */
export interface Known {
  readonly url: string;
  readonly etag?: string;
  readonly modified?: string;
}

/** Where feed files come from: their own addresses, a mirror, a folder. Throws NETWORK, OFFLINE, FILE_IO. */
export interface FeedSource {
  /** How many files may be asked for at once. */
  readonly width: number;
  /** The addresses under which it offers a file; a file kept from elsewhere does not stand in for one of these. */
  urls(file: FeedFile): readonly string[];
  /** `known` is what we have of that file, so that the other side need not send it again. */
  get(file: FeedFile, known: Known | undefined): Promise<Answer>;
}

export interface SourceOptions {
  /** A folder, or the `http(s)://` base of a mirror; every feed's own address when absent. */
  readonly from?: string | undefined;
  readonly offline: boolean;
  /** Tries after the first for each file; the usual number unless told. */
  readonly retries?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** Throws INPUT_NOT_FOUND when `from` is neither a folder nor a web address. */
export async function feedSource(options: SourceOptions): Promise<FeedSource> {
  const { from } = options;
  const reach = { ...options, unreachable: new Set<string>() };
  if (from === undefined) return upstream(reach);
  if (/^https?:\/\//i.test(from)) return mirror(from, reach);
  if ((await fileKind(from)) === 'folder') return folder(from);
  throw new PratiqueError('INPUT_NOT_FOUND', `${from} is neither a folder nor an http(s) address`, {
    where: from,
    hint: 'name a folder with feed files, or the base address of a mirror',
  });
}

const PARALLEL_DOWNLOADS = 4;

/** Who waited for a server once need not wait for it again with each of its files. */
interface Reach extends SourceOptions {
  readonly unreachable: Set<string>;
}

function upstream(options: Reach): FeedSource {
  return {
    width: PARALLEL_DOWNLOADS,
    urls: (file) => [file.url],
    get: async (file, known) =>
      file.folderOnly === true ? absentAt('its own address') : request([file.url], known, options),
  };
}

/** A mirror has the paths of upstream below its base; places where folders keep the files are tried as well. */
function mirror(base: string, options: Reach): FeedSource {
  const start = new URL(base);
  start.search = '';
  start.hash = '';
  if (!start.pathname.endsWith('/')) start.pathname += '/';
  const urls = (file: FeedFile): string[] => pathsOf(file).map((path) => `${start.href}${path}`);
  return { width: PARALLEL_DOWNLOADS, urls, get: (file, known) => request(urls(file), known, options) };
}

function folder(root: string): FeedSource {
  return {
    width: 1,
    urls: () => [],
    get: async (file) => {
      for (const path of pathsOf(file)) {
        const local = join(root, ...path.split('/'));
        if ((await fileKind(local)) === 'file') return { kind: 'local', path: local, url: file.url };
      }
      return absentAt(`the folder (looked for ${file.local[0] ?? file.url})`);
    },
  };
}

/** The upstream path, with and without its host, then where else the file may lie. */
function pathsOf(file: FeedFile): string[] {
  const { host, pathname } = new URL(file.url);
  return [pathname.slice(1), ...file.local, `${host}${pathname}`];
}

async function request(urls: readonly string[], known: Known | undefined, options: Reach): Promise<Answer> {
  for (const url of urls) {
    const headers = known?.url === url ? conditions(known) : {};
    const { offline, env, log, signal, retries = LIMITS.httpRetries } = options;
    const { host } = new URL(url);
    const tries = options.unreachable.has(host) ? 0 : retries;
    const asked = httpRequest(url, { headers, offline, env, log, signal, retries: tries });
    const response = await asked.catch((error: unknown) => {
      options.unreachable.add(host);
      throw error;
    });
    options.unreachable.delete(host);
    if (response.status === 200) return { kind: 'body', response, url };
    await response.dump();
    if (response.status === 304) return { kind: 'unchanged' };
    if (response.status === 404 || response.status === 410) continue;
    throw new PratiqueError('NETWORK', `${response.url} answered with status ${response.status}`, {
      where: response.url,
      hint: 'try again later; the server is overloaded, or refuses this machine',
    });
  }
  return absentAt(urls[0] ?? 'upstream');
}

/** Source: RFC 9110 section 13.1: with both, the ETag decides. */
function conditions({ etag, modified }: Known): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(modified === undefined ? {} : { 'if-modified-since': modified }),
  };
}

function absentAt(where: string): Answer {
  return { kind: 'absent', reason: `not there: ${where}` };
}
