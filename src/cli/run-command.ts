import { Command, CommanderError } from 'commander';
import {
  clockOf,
  lineLog,
  messageOf,
  PratiqueError,
  plainText,
  redactText,
  silentLog,
} from '../kit/index.ts';
import type { CommandEntry } from './commands.ts';
import { settleEnvironment } from './environment.ts';
import { type CommandIo, EXIT, type ProcessLike, Stopped } from './io.ts';

/** Loads a command, parses its words and runs it; an error becomes its explanation on stderr and exit code 2. */
export async function runCommand(
  entry: CommandEntry,
  words: readonly string[],
  process: ProcessLike,
  signal: AbortSignal,
): Promise<number> {
  const io = ioOf(process, signal);
  let exitCode: number = EXIT.error;
  try {
    const { define } = await entry.load();
    const command = define(io, (code) => {
      exitCode = code;
    });
    const program = new Command('pratique').addCommand(command);
    program.hook('preAction', (_, called) => {
      const { quiet, verbose } = called.opts<{ quiet?: boolean; verbose?: boolean }>();
      io.log = quiet === true ? silentLog : lineLog((line) => io.stderr.write(`${line}\n`), verbose === true);
    });
    prepare(program, io);
    await program.parseAsync([entry.name, ...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    if (signal.reason instanceof Stopped) return stopped(signal.reason, io);
    process.stderr.write(explainError(error));
    return EXIT.error;
  }
}

function stopped({ message, exitCode }: Stopped, io: CommandIo): number {
  if (exitCode !== EXIT.ok) io.stderr.write(`pratique: ${message}\n`);
  return exitCode;
}

/** Commander must neither end the process nor write past our streams. */
function prepare(command: Command, io: CommandIo): void {
  settleEnvironment(command.options, io.env);
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    outputError: (text, write) => write(explainError(usageError(text, command))),
  });
  for (const child of command.commands) prepare(child, io);
}

/** `error: unknown option '--nope'` as an error of ours. */
function usageError(text: string, command: Command): PratiqueError {
  const [message = '', ...more] = text.trim().split('\n');
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  const hint = [...more, `"${names.join(' ')} --help" tells how`].join(' ');
  return new PratiqueError('USAGE', message.replace(/^error: /, ''), { hint });
}

/** The log is settled when the options are known. */
function ioOf({ stdin, stdout, stderr, env }: ProcessLike, signal: AbortSignal): Settled {
  return { stdin, stdout, stderr, env, clock: clockOf(env), log: silentLog, signal };
}

type Settled = { -readonly [Part in keyof CommandIo]: CommandIo[Part] };

/** What, where, what to do; never a stack, unless it is a fault of ours. */
function explainError(error: unknown): string {
  if (error instanceof PratiqueError) {
    const where =
      error.where === undefined || error.message.includes(error.where)
        ? ''
        : `\n  where: ${plainText(error.where)}`;
    const hint = error.hint === undefined ? '' : `\n  try:   ${plainText(error.hint)}`;
    return redactText(`pratique: ${plainText(error.message)} [${error.code}]${where}${hint}\n`);
  }
  const stack = error instanceof Error ? `\n${error.stack ?? ''}` : '';
  return redactText(`pratique: unexpected error, a fault of pratique itself: ${messageOf(error)}${stack}\n`);
}
