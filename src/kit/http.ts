import { systemClock } from './clock.ts';
import { PratiqueError } from './errors.ts';
import { type BodyLimits, drained, readBody, readText, timedBody } from './http-body.ts';
import { dispatcherFor, type HttpTls } from './http-dispatcher.ts';
import { asNetworkError, mayRetry, redactUrl } from './http-errors.ts';
import { type Hop, nextHop } from './http-redirect.ts';
import { isRetryStatus, retryDelayMs } from './http-retry.ts';
import { LIMITS } from './limits.ts';
import { type Log, silentLog } from './log.ts';
import { PRODUCT_VERSION } from './product.ts';

/** The bounds of one request; all default to `LIMITS.http*`. Milliseconds and bytes a second. */
export interface HttpLimits extends BodyLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly retryAfterMaxMs: number;
}

export interface HttpOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  readonly log?: Log;
  /** Every request is an OFFLINE error, before a name is looked up. */
  readonly offline?: boolean;
  readonly tls?: HttpTls | undefined;
  /** Where the proxy settings come from; the process's environment unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly maxRedirects?: number;
  /** Tries after the first; only for GET, HEAD, PUT and DELETE. */
  readonly retries?: number;
  readonly limits?: Partial<HttpLimits>;
  /** Waits between tries; for tests. */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** The answer, its body not yet read. Whoever does not read the body calls `dump`. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects; user info and query values redacted. */
  readonly url: string;
  /** Once only, in the peer's own coding. Throws NETWORK when the peer breaks off, stalls or drips. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body; LIMIT_EXCEEDED when it is longer. */
  bytes(maxBytes: number): Promise<Buffer>;
  text(maxBytes: number): Promise<string>;
  /** Lets go of the body; keeps the connection when little is left of it. Never throws. */
  dump(): Promise<void>;
}

const DEFAULTS: HttpLimits = {
  connectMs: LIMITS.httpConnectMs,
  headersMs: LIMITS.httpHeadersMs,
  idleMs: LIMITS.httpIdleMs,
  rateGraceMs: LIMITS.httpRateGraceMs,
  minBytesPerSecond: LIMITS.httpMinBytesPerSecond,
  retryAfterMaxMs: LIMITS.retryAfterMaxMs,
};

/**
 * The one door to the network. Any status is an answer, also 404 and, once all retries are used up, 429 and 503.
 * Follows redirects by hand: credentials stay with the origin that they were given for, https never becomes http.
 * Throws OFFLINE; NETWORK with a hint (no such host, refused, unknown certificate, time-out, redirects in a
 * circle); the signal's reason when aborted. Sources: RFC 9110 sections 10.2.3 and 15; undici.
 */
export async function httpRequest(url: string, options: HttpOptions = {}): Promise<HttpResponse> {
  const start = firstHop(url, options);
  if (options.offline === true) throw offlineError(url);
  const limits = { ...DEFAULTS, ...options.limits };
  const sleep = options.sleep ?? pause;
  const retries = isIdempotent(start.method) ? (options.retries ?? LIMITS.httpRetries) : 0;
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    let retryAfter: string | undefined;
    try {
      const response = await follow(start, options, limits);
      if (attempt >= retries || !isRetryStatus(response.status)) return response;
      retryAfter = response.headers['retry-after'];
      await response.dump();
    } catch (error) {
      if (attempt >= retries || !mayRetry(error, attempt)) throw error;
    }
    const delay = retryDelayMs(attempt, retryAfter, systemClock(), limits.retryAfterMaxMs);
    options.log?.debug('http retry', { url: redactUrl(url), attempt: attempt + 1, delayMs: delay });
    await sleep(delay, options.signal);
  }
}

function firstHop(url: string, options: HttpOptions): Hop {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new PratiqueError('NETWORK', `${redactUrl(url)} is not a URL`, { cause });
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw new PratiqueError('NETWORK', `${redactUrl(url)} is neither https nor http`);
  }
  const headers: Record<string, string> = { 'user-agent': `pratique/${PRODUCT_VERSION}` };
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  if (parsed.username !== '' && headers['authorization'] === undefined) {
    const pair = `${decoded(parsed.username)}:${decoded(parsed.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  parsed.username = '';
  parsed.password = '';
  parsed.hash = '';
  const method = options.method ?? 'GET';
  return { url: parsed, method, headers, ...(options.body === undefined ? {} : { body: options.body }) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function follow(start: Hop, options: HttpOptions, limits: HttpLimits): Promise<HttpResponse> {
  const maxRedirects = options.maxRedirects ?? LIMITS.httpRedirects;
  const seen = new Set([start.url.href]);
  let hop = start;
  for (;;) {
    const response = await exchange(hop, options, limits);
    if (maxRedirects === 0) return response;
    const next = nextHop(hop, response.status, response.headers['location']);
    if (next === undefined) return response;
    await response.dump();
    if (next instanceof PratiqueError) throw next;
    if (seen.has(next.url.href) || seen.size > maxRedirects) {
      const how = seen.has(next.url.href)
        ? 'redirects in a circle'
        : `redirects more than ${maxRedirects} times`;
      throw new PratiqueError('NETWORK', `${redactUrl(start.url.href)} ${how}`, {
        where: redactUrl(start.url.href),
        hint: 'the server is set up wrongly, or a login page stands before it',
      });
    }
    seen.add(next.url.href);
    hop = next;
  }
}

/** One request and its answer's headers, within the time limits. */
async function exchange(hop: Hop, options: HttpOptions, limits: HttpLimits): Promise<HttpResponse> {
  const where = redactUrl(hop.url.href);
  const log = options.log ?? silentLog;
  const cancel = new AbortController();
  const total = limits.connectMs + limits.headersMs;
  const timer = setTimeout(() => {
    const cause = Object.assign(new Error('time-out'), { code: 'ETIMEDOUT' });
    cancel.abort(
      new PratiqueError('NETWORK', `${where} did not answer within ${total} ms`, { where, cause }),
    );
  }, total);
  const signal =
    options.signal === undefined ? cancel.signal : AbortSignal.any([cancel.signal, options.signal]);
  try {
    const { request } = await import('undici');
    const dispatcher = await dispatcherFor(
      hop.url,
      limits.connectMs,
      options.tls,
      options.env ?? process.env,
    );
    const answer = await request(hop.url, {
      method: hop.method,
      headers: hop.headers,
      body: hop.body ?? null,
      dispatcher,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    log.debug('http', { method: hop.method, url: where, status: answer.statusCode });
    const body = timedBody(answer.body, { url: hop.url, limits, cancel, signal: options.signal });
    return asResponse(answer.statusCode, answer.headers, where, body);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw asNetworkError(error, hop.url);
  } finally {
    clearTimeout(timer);
  }
}

function asResponse(
  status: number,
  raw: Readonly<Record<string, string | string[] | undefined>>,
  url: string,
  body: AsyncIterable<Uint8Array>,
): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  const length = /^\d{1,15}$/.test(headers['content-length'] ?? '')
    ? Number(headers['content-length'])
    : undefined;
  return {
    status,
    headers,
    url,
    body,
    bytes: (maxBytes) => readBody(body, maxBytes, url, length),
    text: (maxBytes) => readText(body, maxBytes, url, length),
    dump: () => drained(body),
  };
}

function isIdempotent(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'PUT' || method === 'DELETE';
}

function offlineError(url: string): PratiqueError {
  const where = redactUrl(url);
  return new PratiqueError('OFFLINE', `${where} is needed, but network access is switched off`, {
    where,
    hint: 'leave --offline away, or name a file or folder instead',
  });
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
