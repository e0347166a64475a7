import { type CliOptions, type CliRun, runCli } from '../kit/cli.ts';
import { ROOT } from '../kit/source-tree.ts';

const KEPT = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

/** Runs the command line with an environment that holds nothing of the user's. */
export function pratique(words: readonly string[], more: CliOptions = {}): Promise<CliRun> {
  const kept = Object.fromEntries(KEPT.map((name) => [name, process.env[name]]));
  return runCli(words, { cwd: ROOT, ...more, env: { ...kept, ...more.env } });
}
