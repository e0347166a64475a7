import { styleText } from 'node:util';
import type { AbsentFile, DatabaseFile, FeedStatus } from '../advisory/index.ts';
import { plainText } from '../kit/index.ts';

/** What `db status` knows; its JSON form is this object. */
export interface DatabaseReport {
  readonly schemaVersion: 1;
  readonly path: string;
  readonly digest: string;
  readonly builtAt: string;
  readonly counts: ReturnType<DatabaseFile['counts']>;
  readonly coveredEcosystems: readonly string[];
  readonly feeds: readonly FeedAge[];
  readonly absent: readonly AbsentFile[];
  readonly skipped?: ReturnType<DatabaseFile['skipped']>;
}

interface FeedAge extends FeedStatus {
  /** Whole days since the feed's own date, or since it was read where it gives none. */
  readonly ageDays: number;
}

/** `now` in milliseconds. */
export function databaseReport(database: DatabaseFile, now: number, verbose: boolean): DatabaseReport {
  return {
    schemaVersion: 1,
    path: database.path,
    digest: database.digest,
    builtAt: database.builtAt,
    counts: database.counts(),
    coveredEcosystems: database.coveredEcosystems(),
    feeds: database.feeds().map((feed) => ({ ...feed, ageDays: ageDays(feed, now) })),
    absent: database.absent(),
    ...(verbose ? { skipped: database.skipped() } : {}),
  };
}

/** The report for people: a line a feed, or a line a file where `verbose`. */
export function databaseTable(report: DatabaseReport, color: boolean): string {
  const { counts } = report;
  const verbose = report.skipped !== undefined;
  const rows = verbose ? report.feeds.map(fileRow) : feedRows(report);
  const paint = (format: 'bold' | 'yellow', text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const [head = '', ...lines] = columns([HEAD, ...rows]);
  return [
    `database  ${report.path}`,
    `digest    ${report.digest}`,
    `built     ${report.builtAt}`,
    `holds     ${number(counts.keys)} packages with advisories, ${number(counts.ids)} ids, ${number(counts.knownExploited)} known exploited, ${number(counts.epss)} EPSS scores, ${number(counts.endOfLife)} release cycles`,
    `covers    ${[...report.coveredEcosystems].sort(byNumber).join(', ') || 'nothing'}`,
    '',
    paint('bold', head),
    ...lines,
    ...report.feeds
      .filter(({ problem }) => problem !== undefined)
      .map((feed) => paint('yellow', `an older file stands for ${feed.feed} ${feed.file}: ${feed.problem}`)),
    ...(report.absent.length === 0
      ? []
      : [
          `not there  ${verbose ? absentWords(report.absent) : `${absentCounts(report.absent)} (--verbose names them)`}`,
        ]),
    ...(report.skipped ?? []).map(
      ({ feed, file, id, reason }) => `skipped  ${feed} ${file} ${plainText(id)}: ${plainText(reason)}`,
    ),
    '',
  ].join('\n');
}

/** `osv npm; alpine-secdb v3.12/main, v3.12/community`. */
function absentWords(absent: readonly AbsentFile[]): string {
  const byFeed = Map.groupBy(absent, ({ feed }) => feed);
  return [...byFeed]
    .map(
      ([feed, files]) =>
        `${feed} ${files
          .map(({ file }) => file)
          .sort(byNumber)
          .join(', ')}`,
    )
    .join('; ');
}

/** `28 files of alpine-secdb, 1 file of osv`. */
export function absentCounts(absent: readonly AbsentFile[]): string {
  const byFeed = Map.groupBy(absent, ({ feed }) => feed);
  return [...byFeed]
    .map(([feed, { length }]) => `${length} ${length === 1 ? 'file' : 'files'} of ${feed}`)
    .join(', ');
}

const HEAD = ['feed', 'files', 'records', 'skipped', 'of', 'read', 'age'];

function feedRows(report: DatabaseReport): string[][] {
  return [...Map.groupBy(report.feeds, ({ feed }) => feed)].map(([feed, files]) => {
    const sum = (of: 'records' | 'skipped'): string =>
      number(files.reduce((total, file) => total + file[of], 0));
    const oldest = files.reduce((worst, file) => (file.ageDays > worst.ageDays ? file : worst));
    return [feed, String(files.length), sum('records'), sum('skipped'), ...times(oldest)];
  });
}

function fileRow(feed: FeedAge): string[] {
  return [feed.feed, feed.file, number(feed.records), number(feed.skipped), ...times(feed)];
}

function times({ date, fetchedAt, ageDays }: FeedAge): string[] {
  return [date?.slice(0, 10) ?? '-', fetchedAt.slice(0, 10), ageDays === 1 ? '1 day' : `${ageDays} days`];
}

function ageDays({ date, fetchedAt }: FeedStatus, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(date ?? fetchedAt)) / 86_400_000));
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** v3.9 before v3.10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
