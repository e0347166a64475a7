import { createHash, randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Clock, makeFolder, PratiqueError, removeTemporary, timestamp } from '../../kit/index.ts';
import type { AbsentFile, FeedStatus } from '../database.ts';
import type { Updater } from '../updater.ts';
import { UPDATERS } from '../updaters.ts';
import { diskError } from './disk-error.ts';
import { absentOf, type Gathered, gather } from './gather.ts';
import { removeLeftovers } from './leftovers.ts';
import { openDatabase } from './open.ts';
import { RawFiles } from './raw-files.ts';
import { type ReadFeeds, readFeeds } from './read-feeds.ts';
import { replace } from './replace.ts';
import { feedSource, type SourceOptions } from './source.ts';
import { Staging } from './staging.ts';
import { confirmFeeds, type FeedRow, writeDatabase } from './write.ts';

export interface UpdateOptions extends SourceOptions {
  /** The database file to make. */
  readonly path: string;
  /** Where downloads are kept for the next time. */
  readonly feedsFolder: string;
  readonly clock: Clock;
  readonly updaters?: readonly Updater[];
}

export interface UpdateResult {
  readonly path: string;
  readonly digest: string;
  readonly builtAt: string;
  /** False when every feed is as it was: then only the times of looking were written. */
  readonly rebuilt: boolean;
  readonly feeds: readonly FeedRow[];
  readonly absent: readonly AbsentFile[];
  /** Files that could not be had or used; an older one stands for them where `feeds` has them. */
  readonly problems: readonly FeedProblem[];
  /** Feeds of which there is nothing at all because of problems. */
  readonly missing: readonly string[];
}

export interface FeedProblem {
  readonly feed: string;
  readonly file: string;
  readonly message: string;
}

/**
 * Fetches what changed and makes the database anew. A file that cannot be had, or is not what it should be, is
 * reported, and the last good one stands for it. The database in place is replaced only by a whole one that has
 * every feed it has. Throws the first problem when nothing is usable; OFFLINE, FILE_IO, INPUT_NOT_FOUND.
 */
export async function updateDatabase(options: UpdateOptions): Promise<UpdateResult> {
  return make(options, false);
}

/** Makes a database out of a folder or mirror alone; a file that is there but not usable is an error. */
export async function buildDatabase(options: UpdateOptions): Promise<UpdateResult> {
  return make(options, true);
}

async function make(options: UpdateOptions, strict: boolean): Promise<UpdateResult> {
  const { path, clock, log, signal, updaters = UPDATERS } = options;
  const raws = new RawFiles(options.feedsFolder);
  const folder = dirname(resolve(path));
  const aside = (kind: string): string =>
    join(folder, `.pratique-db-${kind}-${randomBytes(6).toString('hex')}.tmp`);
  const temporary = { database: aside('new'), staging: aside('staging') };
  try {
    await removeLeftovers(folder, ASIDE);
    await raws.removeLeftovers(updaters.map(({ name }) => name));
    const source = await feedSource(options);
    const gathered = await gather({ updaters, source, raws, clock, log, signal });
    const failed = gathered.find(({ problem }) => problem !== undefined)?.problem;
    if (strict && failed !== undefined) throw failed;
    if (gathered.every(({ candidates }) => candidates.length === 0))
      throw failed ?? nothingThere(options.from);
    await makeFolder(folder);
    const confirmed = strict ? undefined : await confirm(path, gathered, raws, temporary.database);
    return confirmed ?? (await rebuild({ ...options, updaters }, gathered, { raws, strict, temporary }));
  } catch (error) {
    throw diskError(error, path);
  } finally {
    await raws.discard();
    await removeTemporary(temporary.database);
    await removeTemporary(temporary.staging);
  }
}

/** What is made beside a database before it takes its place, by an import too. */
const ASIDE = /^\.pratique-db-(?:new|staging|import)-[0-9a-f]{12}\.tmp(?:-journal)?$/;

interface Places {
  readonly raws: RawFiles;
  readonly strict: boolean;
  readonly temporary: { readonly database: string; readonly staging: string };
}

async function rebuild(
  options: UpdateOptions & { readonly updaters: readonly Updater[] },
  gathered: readonly Gathered[],
  { raws, strict, temporary }: Places,
): Promise<UpdateResult> {
  const staging = new Staging(temporary.staging);
  try {
    const read = await readFeeds(gathered, { staging, raws, strict, signal: options.signal });
    if (read.feeds.length === 0) throw read.error ?? nothingThere(options.from);
    if (!strict) refuseLoss(options.path, read);
    const builtAt = timestamp(options.clock());
    const inputs = inputsOf(read.feeds, read.absent);
    const facts = { builtAt, inputs, recordUrls: recordUrls(options.updaters), ...read };
    const digest = writeDatabase(temporary.database, staging.database, facts);
    await replace(temporary.database, options.path);
    const { feeds, absent, problems, missing } = read;
    return { path: options.path, digest, builtAt, rebuilt: true, feeds, absent, problems, missing };
  } finally {
    staging.close();
  }
}

/** When the files are those that the database in place was made of, only the times are written. */
async function confirm(
  path: string,
  gathered: readonly Gathered[],
  raws: RawFiles,
  temporary: string,
): Promise<UpdateResult | undefined> {
  const before = inPlace(path);
  if (before === undefined) return undefined;
  const feeds: FeedRow[] = [];
  for (const one of gathered) {
    const was = before.feeds.find((row) => row.feed === one.updater.name && row.file === one.file.id);
    if (one.candidates.length === 0 && was === undefined) continue;
    const row = was === undefined ? undefined : confirmedRow(one, was);
    if (row === undefined) return undefined;
    feeds.push(row);
  }
  const absent = absentOf(gathered);
  if (inputsOf(feeds, absent) !== before.inputs) return undefined;
  for (const { updater, file, candidates } of gathered) {
    if (candidates[0] !== undefined) await raws.accept(updater.name, file.id, candidates[0]);
  }
  await copyFile(path, temporary);
  confirmFeeds(temporary, feeds);
  await replace(temporary, path);
  const problems = gathered.flatMap(({ updater, file, problem }) =>
    problem === undefined ? [] : [{ feed: updater.name, file: file.id, message: problem.message }],
  );
  const { digest, builtAt } = before;
  return { path, digest, builtAt, rebuilt: false, feeds, absent, problems, missing: [] };
}

/** What the feed's row says when the file is the same as before. */
function confirmedRow({ updater, candidates, problem }: Gathered, was: FeedStatus): FeedRow | undefined {
  const [raw] = candidates;
  if (raw === undefined) return undefined;
  const { url, fetchedAt, digest, etag } = raw;
  const { etag: _etag, problem: _problem, ...kept } = was;
  return {
    ...kept,
    version: updater.version,
    url,
    fetchedAt,
    digest,
    ...(etag === undefined ? {} : { etag }),
    ...(problem === undefined ? {} : { problem: problem.message }),
  };
}

interface InPlace {
  readonly digest: string;
  readonly builtAt: string;
  readonly inputs: string;
  readonly feeds: readonly FeedStatus[];
}

/** Undefined where there is no database, or none that can be used: then there is nothing to keep. */
function inPlace(path: string): InPlace | undefined {
  try {
    const database = openDatabase(path);
    try {
      const { digest, builtAt, inputs } = database;
      return { digest, builtAt, inputs, feeds: database.feeds() };
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function refuseLoss(path: string, read: ReadFeeds): void {
  const before = new Set(inPlace(path)?.feeds.map(({ feed }) => feed));
  const lost = read.missing.filter((feed) => before.has(feed));
  if (lost.length === 0) return;
  throw new PratiqueError('NETWORK', `nothing of ${lost.join(', ')} could be had: ${read.error?.message}`, {
    where: path,
    hint: 'the database in place stays as it is; try again later',
    cause: read.error,
  });
}

function inputsOf(feeds: readonly FeedRow[], absent: readonly AbsentFile[]): string {
  const lines = [
    ...feeds.map(({ feed, file, version, digest }) => JSON.stringify([feed, file, version, digest])),
    ...absent.map(({ feed, file }) => JSON.stringify([feed, file])),
  ];
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

function recordUrls(updaters: readonly Updater[]): Record<string, string> {
  return Object.fromEntries(
    updaters.flatMap(({ name, recordUrl }) => (recordUrl === undefined ? [] : [[name, recordUrl('{id}')]])),
  );
}

function nothingThere(from: string | undefined): PratiqueError {
  const where = from ?? 'the feeds’ own addresses';
  return new PratiqueError('INPUT_NOT_FOUND', `there is no feed file at ${where}`, {
    where,
    hint: 'the folder or mirror needs at least one of the files that "docs/network.md" lists',
  });
}
