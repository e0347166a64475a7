import { clockOf, lineLog, messageOf, PratiqueError, redactText } from '../kit/index.ts';
import { COMMANDS } from './commands.ts';
import { helpPage } from './help.ts';
import { type CommandIo, EXIT, type Output } from './io.ts';
import { packageVersion } from './version.ts';

/** What `run` needs of a process. */
export interface ProcessLike {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs one command line and gives its exit code; never throws. Results go to stdout, all else to stderr. */
export async function run(
  words: readonly string[],
  process: ProcessLike,
  signal: AbortSignal,
): Promise<number> {
  const [first = '--help', ...rest] = words;
  if (first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(helpPage(COMMANDS));
    return EXIT.ok;
  }
  if (first === '--version' || first === '-V' || (first === 'version' && rest.length === 0)) {
    process.stdout.write(`${packageVersion()}\n`);
    return EXIT.ok;
  }
  const entry = COMMANDS.find(({ name }) => name === first);
  if (entry === undefined) {
    process.stderr.write(`pratique: there is no command "${first}"; "pratique --help" lists them\n`);
    return EXIT.error;
  }
  const io = ioOf(process, words.includes('--verbose'), signal);
  try {
    return await runCommand(await entry.load(), rest, io);
  } catch (error) {
    process.stderr.write(explainError(error));
    return EXIT.error;
  }
}

async function runCommand(
  module: Awaited<ReturnType<(typeof COMMANDS)[number]['load']>>,
  words: readonly string[],
  io: CommandIo,
): Promise<number> {
  const { CommanderError } = await import('commander');
  let exitCode: number = EXIT.error;
  const command = module.define(io, (code) => {
    exitCode = code;
  });
  prepare(command, io);
  try {
    await command.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    throw error;
  }
}

type CommandLike = ReturnType<Awaited<ReturnType<(typeof COMMANDS)[number]['load']>>['define']>;

function prepare(command: CommandLike, io: CommandIo): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
  });
  for (const child of command.commands) prepare(child as CommandLike, io);
}

function ioOf(process: ProcessLike, verbose: boolean, signal: AbortSignal): CommandIo {
  const { stdin, stdout, stderr, env } = process;
  const log = lineLog((line) => stderr.write(`${line}\n`), verbose || env['PRATIQUE_VERBOSE'] === 'true');
  return { stdin, stdout, stderr, env, clock: clockOf(env), log, signal };
}

/** What, where, what to do; never a stack, unless it is a fault of ours. */
function explainError(error: unknown): string {
  if (error instanceof PratiqueError) {
    const where =
      error.where === undefined || error.message.includes(error.where) ? '' : `\n  where: ${error.where}`;
    const hint = error.hint === undefined ? '' : `\n  try:   ${error.hint}`;
    return redactText(`pratique: ${error.message} [${error.code}]${where}${hint}\n`);
  }
  const stack = error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return redactText(`pratique: unexpected error, a fault of pratique itself: ${messageOf(error)}${stack}\n`);
}
