import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './table.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The published form: the bundle. `npm run build` makes it; the start part does too. */
export const PRATIQUE = [process.execPath, join(ROOT, '.pack', 'bin', 'pratique.js')];

/** What one finished process cost. */
export interface Cost {
  readonly wallS: number;
  /** User and system time of the process and of all its children that it waited for. */
  readonly cpuS: number;
  /** Highest resident set of the process itself. */
  readonly rssMB: number;
  readonly code: number | null;
}

/**
 * Runs a command to its end. A shell waits for it and prints the times that the kernel accounted to it; its memory is
 * watched from outside. Linux only.
 */
export function cost(words: readonly string[], env: Record<string, string> = {}): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&2; } 2>&3';
    const line = ['-c', script, 'bash', ...words];
    const child = spawn('bash', line, {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      env: { ...process.env, ...env },
    });
    let rssMB = 0;
    let times = '';
    child.stdio[3]?.on('data', (text: Buffer) => {
      times += text.toString();
    });
    const timer = setInterval(() => {
      rssMB = Math.max(rssMB, highWaterOfChildren(child.pid));
    }, 5);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      const [wallS = 0, userS = 0, sysS = 0] = (times.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
      resolve({ wallS, cpuS: userS + sysS, rssMB, code });
    });
  });
}

/** The highest resident set, in MB, of the processes that this one started. */
function highWaterOfChildren(pid: number | undefined): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Math.max(
      0,
      ...children.map(
        (child) =>
          Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0) / 1024,
      ),
    );
  } catch {
    return 0;
  }
}

/** Runs several commands in turn, A B A B …, and gives the median cost of each. */
export async function compare(
  commands: readonly (readonly string[])[],
  runs: number,
  env: Record<string, string> = {},
): Promise<Cost[]> {
  const costs: Cost[][] = commands.map(() => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, command] of commands.entries()) costs[index]?.push(await cost(command, env));
  }
  return costs.map((list) => ({
    wallS: median(list.map(({ wallS }) => wallS)),
    cpuS: median(list.map(({ cpuS }) => cpuS)),
    rssMB: Math.max(...list.map(({ rssMB }) => rssMB)),
    code: list.at(-1)?.code ?? null,
  }));
}
