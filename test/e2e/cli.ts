import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../kit/source-tree.ts';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line from source, in a process of its own, with an environment that holds nothing of the user's. */
export function pratique(
  words: readonly string[],
  more: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<CliRun> {
  const kept = Object.fromEntries(
    ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'pratique.js'), ...words], {
      cwd: more.cwd ?? ROOT,
      env: { ...kept, ...more.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(more.input ?? '');
  });
}
