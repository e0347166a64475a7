import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliOptions, type CliRun, runCli } from '../kit/cli.ts';
import { ROOT } from '../kit/source-tree.ts';

export { ROOT };

/** Runs a real tool to its end; throws with its words when it fails. */
export function tool(
  command: string,
  words: readonly string[],
  more: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): string {
  const run = spawnSync(command, words, {
    cwd: more.cwd,
    env: { ...process.env, ...more.env },
    input: more.input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (run.status === 0) return run.stdout;
  throw new Error(
    `${command} ${words.join(' ')} ended with ${run.status ?? run.error?.message}: ${run.stderr.slice(-2000)}`,
  );
}

/** Runs the real command line from source. `wrap` is put before it (`unshare -n`). */
export function pratique(words: readonly string[], more: CliOptions = {}): Promise<CliRun> {
  return runCli(words, { ...more, env: { ...process.env, NO_COLOR: '1', ...more.env } });
}

export interface WatchedRun extends CliRun {
  readonly seconds: number;
  /** Highest resident set of the process. */
  readonly rssMB: number;
}

/** Like `pratique`, and watches what it costs: the kernel's own high-water mark of its memory. Linux only. */
export async function watched(
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<WatchedRun> {
  const started = performance.now();
  let rssMB = 0;
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'pratique.js'), ...words], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const timer = setInterval(() => {
    rssMB = Math.max(rssMB, highWaterMB(child.pid));
  }, 10);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  clearInterval(timer);
  return { code, ...output, seconds: (performance.now() - started) / 1000, rssMB };
}

function highWaterMB(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
