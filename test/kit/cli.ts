import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './source-tree.ts';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Words put before the command: `unshare`, `--net`. */
  readonly wrap?: readonly string[];
}

/** Runs the real command line from source in a process of its own, with this environment and nothing else. */
export function runCli(
  words: readonly string[],
  { cwd, env = {}, input = '', wrap = [] }: CliOptions,
): Promise<CliRun> {
  const [command = '', ...rest] = [...wrap, process.execPath, join(ROOT, 'bin', 'pratique.js'), ...words];
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { cwd, env: { ...env } });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text) => {
        output[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
    child.stdin.end(input);
  });
}
