import { PratiqueError } from '../../kit/index.ts';
import type { AbsentFile } from '../database.ts';
import type { FeedItem } from '../updater.ts';
import { absentOf, type Gathered } from './gather.ts';
import { type RawFile, type RawFiles, withContent } from './raw-files.ts';
import type { FileCounts, Staging } from './staging.ts';
import type { FeedRow } from './write.ts';

export interface ReadFeeds {
  readonly feeds: readonly FeedRow[];
  readonly covered: readonly { readonly ecosystem: string; readonly feed: string }[];
  readonly absent: readonly AbsentFile[];
  readonly problems: readonly { readonly feed: string; readonly file: string; readonly message: string }[];
  readonly missing: readonly string[];
  /** The first problem. */
  readonly error: PratiqueError | undefined;
}

export interface ReadOptions {
  readonly staging: Staging;
  readonly raws: RawFiles;
  /** A file that is not what it should be is thrown instead of reported. */
  readonly strict: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Reads all files into the staging area, an older one where the newest turns out to be unusable. */
export async function readFeeds(gathered: readonly Gathered[], options: ReadOptions): Promise<ReadFeeds> {
  const outcomes: Outcome[] = [];
  for (const one of gathered) outcomes.push(await readFile(one, options));
  const failed = outcomes.filter(({ row, problem }) => row === undefined && problem !== undefined);
  const feedsWith = new Set(outcomes.flatMap(({ row }) => row?.feed ?? []));
  return {
    feeds: outcomes.flatMap(({ row }) => row ?? []),
    covered: coveredBy(outcomes, failed),
    absent: absentOf(gathered),
    problems: outcomes.flatMap(({ gathered: { updater, file }, problem }) =>
      problem === undefined ? [] : [{ feed: updater.name, file: file.id, message: problem.message }],
    ),
    missing: [...new Set(failed.map(({ gathered: { updater } }) => updater.name))].filter(
      (name) => !feedsWith.has(name),
    ),
    error: outcomes.flatMap(({ gathered, problem }) =>
      problem === undefined ? [] : named(gathered, problem),
    )[0],
  };
}

interface Outcome {
  readonly gathered: Gathered;
  readonly row?: FeedRow;
  readonly covers: FileCounts['covers'];
  readonly problem?: PratiqueError;
}

async function readFile(gathered: Gathered, options: ReadOptions): Promise<Outcome> {
  let problem = gathered.problem;
  for (const raw of gathered.candidates) {
    options.signal?.throwIfAborted();
    try {
      const counts = await readRaw(gathered, raw, options);
      return {
        gathered,
        row: rowOf(gathered, raw, counts, problem),
        covers: counts.covers,
        ...(problem === undefined ? {} : { problem }),
      };
    } catch (error) {
      if (!(error instanceof PratiqueError) || !UNUSABLE.has(error.code)) throw error;
      problem ??= new PratiqueError(error.code, error.message, {
        where: raw.state === 'local' ? raw.path : raw.url,
        cause: error,
      });
      if (options.strict) throw named(gathered, problem);
    }
  }
  return { gathered, covers: [], ...(problem === undefined ? {} : { problem }) };
}

/** For whoever sees the error alone. */
function named({ updater, file }: Gathered, problem: PratiqueError): PratiqueError {
  if (!UNUSABLE.has(problem.code)) return problem;
  const { code, where, message } = problem;
  const facts = where === undefined ? { cause: problem } : { where, cause: problem };
  return new PratiqueError(code, `${updater.name} ${file.id}: ${message}`, facts);
}

/** What is wrong with a file, not with this machine. */
const UNUSABLE: ReadonlySet<string> = new Set([
  'FEED_INVALID',
  'INPUT_INVALID',
  'LIMIT_EXCEEDED',
  'UNSUPPORTED',
]);

async function readRaw({ updater, file }: Gathered, raw: RawFile, options: ReadOptions): Promise<FileCounts> {
  const counts = await withContent(raw, (content) =>
    options.staging.addFile(updater.name, file.id, stoppable(updater.parse(file, content), options.signal)),
  );
  await options.raws.accept(updater.name, file.id, raw);
  return counts;
}

async function* stoppable(
  items: AsyncIterable<FeedItem>,
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedItem> {
  let count = 0;
  for await (const item of items) {
    if (++count % 1_000 === 0) signal?.throwIfAborted();
    yield item;
  }
}

function rowOf(
  { updater, file }: Gathered,
  { url, fetchedAt, digest, etag }: RawFile,
  { records, skipped, date }: FileCounts,
  problem: PratiqueError | undefined,
): FeedRow {
  return {
    feed: updater.name,
    file: file.id,
    url,
    version: updater.version,
    fetchedAt,
    digest,
    records,
    skipped,
    ...(date === undefined ? {} : { date }),
    ...(etag === undefined ? {} : { etag }),
    ...(problem === undefined ? {} : { problem: problem.message }),
  };
}

/** An ecosystem counts as covered only when nothing that belongs to it failed. */
function coveredBy(outcomes: readonly Outcome[], failed: readonly Outcome[]): ReadFeeds['covered'] {
  const broken = new Set(failed.map(({ gathered: { updater, file } }) => `${updater.name} ${file.id}`));
  return outcomes.flatMap(({ gathered: { updater }, covers }) =>
    covers
      .filter(({ needs }) => !needs.some((file) => broken.has(`${updater.name} ${file}`)))
      .map(({ ecosystem }) => ({ ecosystem, feed: updater.name })),
  );
}
