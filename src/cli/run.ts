import { COMMANDS } from './commands.ts';
import { helpPage } from './help.ts';
import { EXIT, type ProcessLike } from './io.ts';
import { packageVersion } from './version.ts';

/**
 * Runs one command line and gives its exit code; never throws. Results go to stdout, all else to stderr. The first
 * help page and the version load nothing more than this.
 */
export async function run(
  words: readonly string[],
  process: ProcessLike,
  signal: AbortSignal,
): Promise<number> {
  const [first = '--help', ...rest] = words;
  if (first === 'help' && rest.length > 0) return run([...rest, '--help'], process, signal);
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
    process.stderr.write(
      `pratique: there is no command "${first}" [USAGE]\n  try:   "pratique --help" lists them\n`,
    );
    return EXIT.error;
  }
  const { runCommand } = await import('./run-command.ts');
  return runCommand(entry, rest, process, signal);
}
