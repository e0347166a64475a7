import { type Clock, type Log, mapPooled, messageOf, PratiqueError, timestamp } from '../../kit/index.ts';
import type { AbsentFile } from '../database.ts';
import { defined } from '../json-values.ts';
import type { FeedFile, Updater } from '../updater.ts';
import { localFile, type RawFile, type RawFiles } from './raw-files.ts';
import type { FeedSource } from './source.ts';

/** One file of a feed with what may be read for it, the newest first; nothing when it could not be had. */
export interface Gathered {
  readonly updater: Updater;
  readonly file: FeedFile;
  readonly candidates: readonly RawFile[];
  /** Why the newest could not be had. */
  readonly problem?: PratiqueError;
  /** Where it was looked for, and is not. */
  readonly absent?: string;
}

export interface GatherOptions {
  readonly updaters: readonly Updater[];
  readonly source: FeedSource;
  readonly raws: RawFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the source for every file of every feed, several at once. A file that cannot be had is a problem to report
 * and its last good one stands in; only being offline, being stopped and a disk that refuses are thrown.
 */
export async function gather(options: GatherOptions): Promise<Gathered[]> {
  const wanted = options.updaters.flatMap((updater) => updater.files.map((file) => ({ updater, file })));
  return mapPooled(wanted, options.source.width, ({ updater, file }) => obtain(updater, file, options));
}

export function absentOf(gathered: readonly Gathered[]): AbsentFile[] {
  return gathered.flatMap(({ updater, file, absent }) =>
    absent === undefined || file.optional === true
      ? []
      : [{ feed: updater.name, file: file.id, reason: absent }],
  );
}

async function obtain(updater: Updater, file: FeedFile, options: GatherOptions): Promise<Gathered> {
  const kept = await options.raws.last(updater.name, file.id);
  const last = kept !== undefined && options.source.urls(file).includes(kept.url) ? kept : undefined;
  const candidates = last === undefined ? [] : [last];
  try {
    return { updater, file, ...(await ask(updater, file, last, options)) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof PratiqueError) || FATAL.has(error.code)) throw error;
    options.log.debug('feed file not had', { feed: updater.name, file: file.id, reason: messageOf(error) });
    return { updater, file, candidates, problem: error };
  }
}

const FATAL: ReadonlySet<string> = new Set(['OFFLINE', 'FILE_IO']);

async function ask(
  updater: Updater,
  file: FeedFile,
  last: RawFile | undefined,
  { source, raws, clock }: GatherOptions,
): Promise<Pick<Gathered, 'candidates' | 'absent' | 'problem'>> {
  const answer = await source.get(file, last);
  const fetchedAt = timestamp(clock());
  if (answer.kind === 'absent') {
    if (last === undefined) return { candidates: [], absent: answer.reason };
    const problem = new PratiqueError('INPUT_NOT_FOUND', `${answer.reason} any more`, { where: file.url });
    return { candidates: [last], problem };
  }
  if (answer.kind === 'unchanged') {
    if (last !== undefined) return { candidates: [{ ...last, fetchedAt }] };
    throw new PratiqueError('NETWORK', `${file.url} says that it did not change, but was not asked`);
  }
  if (answer.kind === 'local') return { candidates: [await localFile(answer.path, answer.url, fetchedAt)] };
  const { response, url } = answer;
  const { etag, 'last-modified': modified } = response.headers;
  const from = defined({ url, fetchedAt, etag, modified });
  const fresh = await raws.download({ feed: updater.name, file: file.id }, response.body, from);
  return { candidates: last === undefined ? [fresh] : [fresh, last] };
}
