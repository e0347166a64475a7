import { PratiqueError } from './errors.ts';
import { redactUrl } from './http-errors.ts';

export interface Hop {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What another origin may see of a request; everything else might be a credential. */
const HARMLESS = new Set([
  'accept',
  'accept-encoding',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'range',
  'user-agent',
]);

/**
 * The request that a redirect asks for; undefined when the answer is no redirect; an error when it must not be
 * followed. Another scheme, host or port gets neither credentials nor a body. Source: RFC 9110 section 15.4.
 */
export function nextHop(
  hop: Hop,
  status: number,
  location: string | undefined,
): Hop | PratiqueError | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, hop.url.href)) return refused(hop, 'to what is not a URL');
  const url = new URL(location, hop.url);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused(hop, `to ${url.protocol}`);
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    return refused(hop, `from https to plain http (${redactUrl(url.href)})`);
  }
  const reads = hop.method === 'GET' || hop.method === 'HEAD';
  const sameOrigin = url.origin === hop.url.origin;
  if (!reads && status !== 303 && !sameOrigin) return refused(hop, `of a ${hop.method} to another server`);
  const method = !reads && status === 303 ? 'GET' : hop.method;
  const headers = sameOrigin ? hop.headers : harmless(hop.headers);
  const keepsBody = hop.body !== undefined && method === hop.method && sameOrigin;
  return { url, method, headers, ...(keepsBody && hop.body !== undefined ? { body: hop.body } : {}) };
}

function harmless(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name)));
}

function refused(hop: Hop, how: string): PratiqueError {
  const where = redactUrl(hop.url.href);
  return new PratiqueError('NETWORK', `${where} redirects ${how}, which is refused`, { where });
}
