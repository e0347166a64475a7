import { PratiqueError } from './errors.ts';
import { asNetworkError, redactUrl } from './http-errors.ts';

export interface BodyLimits {
  /** No byte for so long means a dead peer. */
  readonly idleMs: number;
  /** From so much waiting on, the mean rate must be reached. */
  readonly rateGraceMs: number;
  readonly minBytesPerSecond: number;
}

/**
 * The body under a time limit. Only the time spent waiting for the peer counts, so a slow reader is not taken for
 * a slow peer. Leaving the loop early closes the connection.
 */
export async function* timedBody(
  body: AsyncIterable<Uint8Array>,
  watch: {
    readonly url: URL;
    readonly limits: BodyLimits;
    readonly cancel: AbortController;
    readonly signal: AbortSignal | undefined;
  },
): AsyncGenerator<Uint8Array> {
  const { url, limits, cancel, signal } = watch;
  const where = redactUrl(url.href);
  const chunks = body[Symbol.asyncIterator]();
  let waitedMs = 0;
  let total = 0;
  let ended = false;
  try {
    for (;;) {
      const timer = setTimeout(() => {
        cancel.abort(slow(where, `sent nothing for ${limits.idleMs} ms`));
      }, limits.idleMs);
      const from = performance.now();
      const next = await chunks.next().finally(() => clearTimeout(timer));
      waitedMs += performance.now() - from;
      if (next.done === true) break;
      total += next.value.length;
      yield next.value;
      if (waitedMs > limits.rateGraceMs && total < (waitedMs / 1000) * limits.minBytesPerSecond) {
        throw slow(where, `sends less than ${limits.minBytesPerSecond} bytes a second`);
      }
    }
    ended = true;
  } catch (error) {
    signal?.throwIfAborted();
    throw asNetworkError(cancel.signal.aborted ? cancel.signal.reason : error, url);
  } finally {
    if (!ended) await chunks.return?.().catch(() => undefined);
  }
}

/** The whole body; LIMIT_EXCEEDED past `maxBytes`, at once when the peer announces more. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  where: string,
  announced?: number,
): Promise<Buffer> {
  if (announced !== undefined && announced > maxBytes) {
    await drained(body);
    throw tooLong(where, maxBytes);
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > maxBytes) throw tooLong(where, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, total);
}

export async function readText(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  where: string,
  announced?: number,
): Promise<string> {
  return (await readBody(body, maxBytes, where, announced)).toString('utf8');
}

/** Up to so much is read to keep a connection; more is cheaper to cut off. */
const DRAIN_BYTES = 64 * 1024;

/** Reads the little that is left, or closes the connection. */
export async function drained(body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    let total = 0;
    for await (const chunk of body) {
      total += chunk.length;
      if (total > DRAIN_BYTES) break;
    }
  } catch {
    // Nobody wants these bytes; that they break off does not matter.
  }
}

function slow(where: string, how: string): PratiqueError {
  return new PratiqueError('NETWORK', `${where} ${how}`, {
    where,
    hint: 'the server or the way to it is overloaded or broken; try again later',
  });
}

function tooLong(where: string, maxBytes: number): PratiqueError {
  return new PratiqueError('LIMIT_EXCEEDED', `${where} sends more than ${maxBytes} bytes`, { where });
}
