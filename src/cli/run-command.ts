import { type Command, CommanderError } from 'commander';
import { clockOf, lineLog, messageOf, PratiqueError, redactText, silentLog } from '../kit/index.ts';
import type { CommandEntry } from './commands.ts';
import { type CommandIo, EXIT, type ProcessLike } from './io.ts';

/** Loads a command, parses its words and runs it; an error becomes its explanation on stderr and exit code 2. */
export async function runCommand(
  entry: CommandEntry,
  words: readonly string[],
  process: ProcessLike,
  signal: AbortSignal,
): Promise<number> {
  const io = ioOf(process, words, signal);
  let exitCode: number = EXIT.error;
  try {
    const { define } = await entry.load();
    const command = define(io, (code) => {
      exitCode = code;
    });
    prepare(command, io);
    await command.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    process.stderr.write(explainError(error));
    return EXIT.error;
  }
}

/** Commander must neither end the process nor write past our streams. */
function prepare(command: Command, io: CommandIo): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
  });
  for (const child of command.commands) prepare(child, io);
}

function ioOf(process: ProcessLike, words: readonly string[], signal: AbortSignal): CommandIo {
  const { stdin, stdout, stderr, env } = process;
  const quiet = words.includes('--quiet') || words.includes('-q');
  const verbose = words.includes('--verbose') || env['PRATIQUE_VERBOSE'] === 'true';
  const log = quiet ? silentLog : lineLog((line) => stderr.write(`${line}\n`), verbose);
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
