import { getCACertificates } from 'node:tls';
import type { Dispatcher } from 'undici';

export interface HttpTls {
  /** PEM certificates that are trusted besides the system's. */
  readonly ca?: string;
  /** The server's certificate is not checked. */
  readonly insecure?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Connections are kept and shared by all requests of one setting; idle ones do not keep the process alive. */
const dispatchers = new Map<string, Promise<Dispatcher>>();

/**
 * The connection pool for a URL. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (or in lower case, which wins) are
 * followed; loopback addresses never go through a proxy, as in Go and curl.
 */
export function dispatcherFor(
  url: URL,
  connectMs: number,
  tls: HttpTls | undefined,
  env: Env,
): Promise<Dispatcher> {
  const setting = isLoopbackHost(url.hostname) ? undefined : proxySetting(url, env);
  const key = JSON.stringify([connectMs, tls ?? null, setting ?? null]);
  let found = dispatchers.get(key);
  if (found === undefined) {
    found = create(connectMs, tls, setting);
    dispatchers.set(key, found);
  }
  return found;
}

/** `localhost`, 127.0.0.0/8 and ::1; `hostname` as `URL` gives it. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}

interface ProxySetting {
  readonly proxy: string;
  readonly noProxy: string;
}

function proxySetting(url: URL, env: Env): ProxySetting | undefined {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] ?? env[name.toUpperCase()] ?? '';
  if (proxy === '') return undefined;
  return { proxy, noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '' };
}

async function create(
  connectMs: number,
  tls: HttpTls | undefined,
  setting: ProxySetting | undefined,
): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const secure = {
    ...(tls?.ca === undefined ? {} : { ca: [...getCACertificates('default'), tls.ca] }),
    ...(tls?.insecure === true ? { rejectUnauthorized: false } : {}),
  };
  const shared = { allowH2: false, connect: { timeout: connectMs, ...secure } };
  if (setting === undefined) return new Agent(shared);
  return new EnvHttpProxyAgent({
    ...shared,
    httpProxy: setting.proxy,
    httpsProxy: setting.proxy,
    noProxy: setting.noProxy,
    requestTls: secure,
  });
}
