import { Command, Option } from 'commander';
import { defaultDatabasePath, defaultFeedsFolder, loadBuilder, openDatabase } from '../../advisory/index.ts';
import { PratiqueError, plainText } from '../../kit/index.ts';
import { absentCounts, databaseReport, databaseTable } from '../db-report.ts';
import { type CommandIo, EXIT } from '../io.ts';

/** Options of all `db` commands. */
export interface DbOptions {
  /** The database; its usual place unless named. */
  readonly db?: string;
  readonly format?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly verbose?: boolean;
}

export interface DbUpdateOptions extends DbOptions {
  /** A folder, or the base address of a mirror with the paths of upstream. */
  readonly from?: string;
  readonly offline?: boolean;
  /** Where downloaded feed files are kept. */
  readonly feedsDir?: string;
}

export interface DbBuildOptions extends DbUpdateOptions {
  /** Where to write it, when that is not the database in use. */
  readonly output?: string;
}

export interface DbImportOptions extends DbOptions {
  readonly allowOlder?: boolean;
}

export function define(io: CommandIo, done: (exitCode: number) => void): Command {
  const from = new Option('--from <place>', 'a folder with feed files, or the base address of a mirror');
  const offline = new Option('--offline', 'make any network access an error')
    .env('PRATIQUE_OFFLINE')
    .default(false);
  const feedsDir = new Option('--feeds-dir <dir>', 'where downloaded feed files are kept').env(
    'PRATIQUE_FEEDS_DIR',
  );
  const command = (name: string, description: string): Command =>
    new Command(name)
      .description(description)
      .addOption(new Option('--db <file>', 'the advisory database').env('PRATIQUE_DB'))
      .addOption(new Option('-q, --quiet', 'no warnings').env('PRATIQUE_QUIET').default(false))
      .addOption(new Option('--no-color', 'no colours (also NO_COLOR)'))
      .addOption(new Option('--verbose', 'list files and skipped records one by one').default(false));
  const withFormat = (made: Command): Command =>
    made.addOption(new Option('-f, --format <name>', 'table or json').default('table'));
  return new Command('db')
    .description('Update, build, inspect and move the advisory database.')
    .addCommand(
      withFormat(command('update', 'Fetch the feeds that changed and put a new database in place.'))
        .addOption(from.env('PRATIQUE_FEEDS_FROM'))
        .addOption(offline)
        .addOption(feedsDir)
        .action(async (options: DbUpdateOptions) => done(await dbUpdate(options, io))),
    )
    .addCommand(
      withFormat(
        command('build', 'Build a database from a folder or mirror of feed files, and from nothing else.'),
      )
        .addOption(new Option('--from <place>', from.description).makeOptionMandatory())
        .addOption(
          new Option('-o, --output <file>', 'write it here instead of where the database in use lies'),
        )
        .addOption(offline)
        .addOption(feedsDir)
        .action(async (options: DbBuildOptions) => done(await dbBuild(options, io))),
    )
    .addCommand(
      withFormat(command('status', 'Show what the database holds, and how old each source is.')).action(
        async (options: DbOptions) => done(await dbStatus(options, io)),
      ),
    )
    .addCommand(
      command('export', 'Write the database to a compressed file that can be carried elsewhere.')
        .argument('<file>')
        .action(async (file: string, options: DbOptions) => done(await dbExport(file, options, io))),
    )
    .addCommand(
      command('import', 'Put an exported database in place, after checking it.')
        .argument('<file>')
        .addOption(new Option('--allow-older', 'even if the database in place is newer').default(false))
        .action(async (file: string, options: DbImportOptions) => done(await dbImport(file, options, io))),
    );
}

/** Exit code 0; 2 when of some feed nothing at all could be had. Throws as `updateDatabase` does. */
export async function dbUpdate(options: DbUpdateOptions, io: CommandIo): Promise<number> {
  const { updateDatabase } = await loadBuilder();
  const path = options.db ?? defaultDatabasePath(io.env);
  return make(path, options, io, updateDatabase);
}

/** Exit code 0. Throws as `buildDatabase` does. */
export async function dbBuild(options: DbBuildOptions, io: CommandIo): Promise<number> {
  if (options.from === undefined) {
    throw new PratiqueError('USAGE', '"db build" needs --from', {
      hint: 'name a folder with feed files, or a mirror',
    });
  }
  const { buildDatabase } = await loadBuilder();
  const path = options.output ?? options.db ?? defaultDatabasePath(io.env);
  return make(path, options, io, buildDatabase);
}

export async function dbStatus(options: DbOptions, io: CommandIo): Promise<number> {
  printStatus(options.db ?? defaultDatabasePath(io.env), options, io);
  return EXIT.ok;
}

export async function dbExport(file: string, options: DbOptions, io: CommandIo): Promise<number> {
  const { exportDatabase } = await loadBuilder();
  const { digest, builtAt } = await exportDatabase(options.db ?? defaultDatabasePath(io.env), file);
  io.stdout.write(`exported ${digest}, built ${builtAt}, to ${file}\n`);
  return EXIT.ok;
}

/** Throws DATABASE_INVALID for a damaged file, or for an older database unless `allowOlder`. */
export async function dbImport(file: string, options: DbImportOptions, io: CommandIo): Promise<number> {
  const { importDatabase } = await loadBuilder();
  const path = options.db ?? defaultDatabasePath(io.env);
  const { digest, builtAt } = await importDatabase(file, path, { allowOlder: options.allowOlder ?? false });
  io.stdout.write(`imported ${digest}, built ${builtAt}, to ${path}\n`);
  return EXIT.ok;
}

type Builder = Awaited<ReturnType<typeof loadBuilder>>['updateDatabase'];

async function make(path: string, options: DbUpdateOptions, io: CommandIo, build: Builder): Promise<number> {
  checkFormat(options);
  const result = await build({
    path,
    from: options.from,
    offline: options.offline ?? false,
    feedsFolder: options.feedsDir ?? defaultFeedsFolder(io.env),
    env: io.env,
    clock: io.clock,
    log: io.log,
    signal: io.signal,
  });
  if (options.quiet !== true) {
    for (const { feed, file, message } of result.problems) {
      const stands = result.feeds.find((row) => row.feed === feed && row.file === file);
      const instead =
        stands === undefined ? 'nothing of it is in the database' : `the one of ${stands.fetchedAt} stands`;
      io.stderr.write(`warning: ${feed} ${file}: ${plainText(message)}; ${instead}\n`);
    }
    if (result.absent.length > 0)
      io.stderr.write(
        `note: not there: ${absentCounts(result.absent)}; "pratique db status --verbose" names them\n`,
      );
    io.stderr.write(result.rebuilt ? 'a new database is in place\n' : 'nothing changed upstream\n');
  }
  printStatus(path, options, io);
  return result.missing.length > 0 ? EXIT.error : EXIT.ok;
}

function printStatus(path: string, options: DbOptions, io: CommandIo): void {
  checkFormat(options);
  const database = openDatabase(path);
  try {
    const report = databaseReport(database, io.clock(), options.verbose ?? false);
    const color = options.color !== false && io.stdout.isTTY === true && (io.env.NO_COLOR ?? '') === '';
    io.stdout.write(
      options.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : databaseTable(report, color),
    );
  } finally {
    database.close();
  }
}

function checkFormat({ format = 'table' }: DbOptions): void {
  if (format === 'table' || format === 'json') return;
  throw new PratiqueError('USAGE', `there is no format "${format}"`, { hint: 'formats: table, json' });
}
