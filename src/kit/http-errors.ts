import { messageOf, PratiqueError, systemCode } from './errors.ts';

/** Query values that say nothing secret; all others are redacted, whatever their name. */
const OPEN_QUERY = new Set(['service', 'scope', 'n', 'digest', 'artifactType', 'mount', 'from']);

/** A URL fit for a message: no user info, and of the query only what is known to be harmless. */
export function redactUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return text.replace(/\/\/[^/@]{0,1000}@/, '//***@').replace(/\?.*$/s, '?***');
  }
  if (url.username !== '' || url.password !== '') {
    url.username = '***';
    url.password = '';
  }
  url.hash = '';
  if (url.search === '') return url.href;
  const pairs = [...url.searchParams].map(([name, value]) =>
    OPEN_QUERY.has(name) ? `${name}=${value}` : `${name}=***`,
  );
  url.search = '';
  return `${url.href}?${pairs.join('&')}`;
}

/** What went wrong below HTTP, in words, with what to do. PratiqueErrors pass as they are. */
export function asNetworkError(error: unknown, url: URL): PratiqueError {
  if (error instanceof PratiqueError) return error;
  const root = rootCause(error);
  const code = systemCode(root) ?? '';
  const { what, hint } = explain(code, url) ?? { what: lowerFirst(messageOf(root)), hint: undefined };
  const where = redactUrl(url.href);
  return new PratiqueError('NETWORK', `${where}: ${what}`, { where, hint, cause: root });
}

/** The system's or OpenSSL's code at the root of an error (`ECONNREFUSED`, `EPROTO`), or undefined. */
export function networkCode(error: unknown): string | undefined {
  return systemCode(rootCause(error));
}

/** Whether the same request may go better a moment later; one that timed out is tried again only once. */
export function mayRetry(error: unknown, attempt: number): boolean {
  if (!(error instanceof PratiqueError) || error.code !== 'NETWORK') return false;
  const code = networkCode(error.cause) ?? '';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return attempt === 0;
  return PASSING.has(code);
}

const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
]);

function rootCause(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 8; depth++) {
    if (root instanceof AggregateError && root.errors.length > 0) root = root.errors[0];
    else if (root instanceof Error && root.cause instanceof Error) root = root.cause;
    else break;
  }
  return root;
}

function explain(code: string, url: URL): { what: string; hint: string } | undefined {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      what: `the host ${url.hostname} was not found`,
      hint: 'check the name, the DNS and the proxy settings (HTTPS_PROXY, NO_PROXY)',
    };
  }
  if (code === 'ECONNREFUSED') {
    return { what: 'the connection was refused', hint: 'check the port, and that the server runs' };
  }
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return {
      what: 'no connection within the time limit',
      hint: 'a firewall or a missing proxy setting (HTTPS_PROXY) often looks like this',
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') {
    return {
      what: 'the peer closed the connection before the answer was complete',
      hint: 'try again; if it stays so, the server or a proxy before it is broken',
    };
  }
  if (CERTIFICATE.test(code)) {
    return {
      what: `the server's certificate is not trusted (${code})`,
      hint: 'add its authority with NODE_EXTRA_CA_CERTS=FILE; for a test registry only, --insecure-registry HOST',
    };
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return {
      what: 'the TLS handshake failed; the server may speak plain HTTP',
      hint: 'check the port; for a registry without TLS, --insecure-registry HOST',
    };
  }
  return undefined;
}

/** OpenSSL's verification results as Node.js names them. */
const CERTIFICATE =
  /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

function lowerFirst(text: string): string {
  return text === '' ? 'it failed without a reason' : text.charAt(0).toLowerCase() + text.slice(1);
}
