/** Statuses that say "not now". Source: RFC 9110 section 15, RFC 6585 section 4, RFC 8470 section 5.2. */
export function isRetryStatus(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

const FIRST_DELAY_MS = 400;

/**
 * How long to wait before the next try, in milliseconds: what the server asks for, at most `maxMs`; else
 * doubling from 400 ms, with half of it random so that many clients do not come back together.
 */
export function retryDelayMs(
  attempt: number,
  retryAfter: string | undefined,
  now: number,
  maxMs: number,
  random: number = Math.random(),
): number {
  const asked = retryAfter === undefined ? undefined : parseRetryAfterMs(retryAfter, now);
  if (asked !== undefined) return Math.min(asked, maxMs);
  return Math.min(maxMs, Math.round(FIRST_DELAY_MS * 2 ** attempt * (0.5 + random / 2)));
}

/** Seconds or an HTTP date, as milliseconds from `now`. Source: RFC 9110 section 10.2.3. */
export function parseRetryAfterMs(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3,9}, /.test(text) || text.length > 64) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
