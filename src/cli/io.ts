import type { Clock, Log } from '../kit/index.ts';

/** What `run` needs of a process. */
export interface ProcessLike {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** All that a command may touch of the process it runs in; tests hand in their own. */
export interface CommandIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Exit codes everywhere: allowed, denied, usage or operational error, could not decide. */
export const EXIT = { ok: 0, denied: 1, error: 2, unknown: 3 } as const;

/** Why a command was told to stop, as the reason of its signal, and the exit code that this gives. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'Stopped';
    this.exitCode = exitCode;
  }
}
