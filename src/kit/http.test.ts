import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer, testCertificate } from '../../test/kit/registry.ts';
import { type HttpOptions, httpRequest, LIMITS, PratiqueError } from './index.ts';

const servers: TestServer[] = [];

async function server(listener: RequestListener, tls = false): Promise<string> {
  const started = await startServer(listener, tls);
  servers.push(started);
  return started.origin;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((started) => started.close()));
});

/** Waits for nothing and remembers how long it should have. */
function noWaiting(): { delays: number[]; options: HttpOptions } {
  const delays: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    delays.push(ms);
  };
  return { delays, options: { sleep, env: {} } };
}

async function failure(work: Promise<unknown>): Promise<PratiqueError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PratiqueError);
  return error as PratiqueError;
}

describe('an answer', () => {
  it('comes with status, headers and body, whatever the status', async () => {
    const origin = await server((request, response) => {
      response.writeHead(request.url === '/ok' ? 200 : 404, { 'X-Two': ['a', 'b'] });
      response.end(`agent ${request.headers['user-agent']}`);
    });
    const found = await httpRequest(`${origin}/ok`);
    expect(found.status).toBe(200);
    expect(found.headers['x-two']).toBe('a, b');
    expect(await found.text(100)).toMatch(/^agent pratique\/\d+\.\d+\.\d+/);
    const missing = await httpRequest(`${origin}/other`);
    expect(missing.status).toBe(404);
    await missing.dump();
  });

  it('keeps its connection for the next request when the body was read or dumped', async () => {
    const ports = new Set<number | undefined>();
    const origin = await server((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('body');
    });
    for (let at = 0; at < 10; at++) {
      const response = await httpRequest(`${origin}/`);
      await (at % 2 === 0 ? response.dump() : response.text(10));
    }
    // A request that follows at once may come before the first connection is free again.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it.each([
    ['announced', true],
    ['not announced', false],
  ])('longer than the caller takes, %s, is LIMIT_EXCEEDED', async (_, announced) => {
    const origin = await server((_request, response) => {
      if (announced) response.setHeader('content-length', '1000');
      response.write('x'.repeat(500));
      response.end('y'.repeat(500));
    });
    const response = await httpRequest(`${origin}/`);
    expect((await failure(response.bytes(999))).code).toBe('LIMIT_EXCEEDED');
    expect((await (await httpRequest(`${origin}/`)).bytes(1000)).length).toBe(1000);
  });
});

describe('offline', () => {
  it('is an error that names the URL, before any look-up, without its secrets', async () => {
    const url = 'https://user:hunter2@host.invalid/feed?token=hunter2&n=5';
    const error = await failure(httpRequest(url, { offline: true }));
    expect(error.code).toBe('OFFLINE');
    expect(error.message).toContain('https://***@host.invalid/feed?token=***&n=5');
    expect(JSON.stringify([error.message, error.where, error.hint])).not.toContain('hunter2');
  });
});

describe('what goes wrong below HTTP', () => {
  const quick = { retries: 0, env: {} };

  it('is NETWORK with a hint: unknown host', async () => {
    const error = await failure(httpRequest('https://host.invalid/', quick));
    expect(error.code).toBe('NETWORK');
    expect(error.message).toContain('host.invalid was not found');
    expect(error.hint).toContain('DNS');
  });

  it('is NETWORK with a hint: refused', async () => {
    const origin = await server(() => undefined);
    await servers.pop()?.close();
    const error = await failure(httpRequest(`${origin}/`, quick));
    expect(error.message).toContain('refused');
  });

  it('is NETWORK with a hint: certificate unknown, unless it is trusted or not looked at', async () => {
    const origin = await server((_request, response) => response.end('secret garden'), true);
    const error = await failure(httpRequest(`${origin}/`, quick));
    expect(error.code).toBe('NETWORK');
    expect(error.hint).toMatch(/NODE_EXTRA_CA_CERTS.*--insecure-registry/);
    for (const tls of [{ ca: testCertificate() }, { insecure: true }]) {
      expect(await (await httpRequest(`${origin}/`, { ...quick, tls })).text(100)).toBe('secret garden');
    }
  });

  it('is NETWORK with a hint: no TLS there', async () => {
    const origin = await server((_request, response) => response.end());
    const error = await failure(httpRequest(origin.replace('http:', 'https:'), quick));
    expect(error.message).toContain('plain HTTP');
  });

  it.each(['ftp://host/x', 'file:///etc/passwd', 'not a url'])('is NETWORK: %s', async (url) => {
    expect((await failure(httpRequest(url))).code).toBe('NETWORK');
  });

  it('passes the reason on when the caller aborts', async () => {
    const origin = await server(() => undefined);
    const reason = new Error('enough');
    const signal = AbortSignal.any([AbortSignal.timeout(10_000)]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 20);
    await expect(httpRequest(`${origin}/`, { signal: AbortSignal.any([signal, stop.signal]) })).rejects.toBe(
      reason,
    );
  });
});

describe('time limits', () => {
  it('end a peer that never answers, after one more try', async () => {
    let count = 0;
    const origin = await server(() => {
      count++;
    });
    const { options } = noWaiting();
    const error = await failure(
      httpRequest(`${origin}/`, { ...options, limits: { connectMs: 30, headersMs: 30 } }),
    );
    expect(error.code).toBe('NETWORK');
    expect(error.message).toContain('did not answer within 60 ms');
    expect(count).toBe(2);
  });

  it('end a peer that stops in the middle', async () => {
    const origin = await server((_request, response) => response.write('begin'));
    const response = await httpRequest(`${origin}/`, { limits: { idleMs: 40 } });
    const error = await failure(response.text(100));
    expect(error.message).toContain('sent nothing for 40 ms');
  });

  it('end a peer that drips', async () => {
    const origin = await server((_request, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    });
    const response = await httpRequest(`${origin}/`, {
      limits: { rateGraceMs: 60, minBytesPerSecond: 100_000 },
    });
    const error = await failure(response.text(10_000));
    expect(error.code).toBe('NETWORK');
    expect(error.message).toContain('less than 100000 bytes a second');
  });

  it('do not count the time that the reader takes', async () => {
    const origin = await server((_request, response) => response.end('x'.repeat(300_000)));
    const limits = { rateGraceMs: 1, minBytesPerSecond: 100_000, idleMs: 500 };
    const response = await httpRequest(`${origin}/`, { limits });
    let total = 0;
    for await (const chunk of response.body) {
      total += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(total).toBe(300_000);
  });
});

describe('retries', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('come after status %i', async (status) => {
    let count = 0;
    const origin = await server((_request, response) => {
      response.statusCode = ++count < 3 ? status : 200;
      response.end('done');
    });
    const { delays, options } = noWaiting();
    const response = await httpRequest(`${origin}/`, options);
    expect(await response.text(10)).toBe('done');
    expect(count).toBe(3);
    expect(delays[0]).toBeGreaterThanOrEqual(200);
    expect(delays[0]).toBeLessThanOrEqual(400);
    expect(delays[1]).toBeGreaterThanOrEqual(400);
  });

  it.each([400, 401, 403, 404, 416, 501])('do not come after status %i', async (status) => {
    let count = 0;
    const origin = await server((_request, response) => {
      count++;
      response.writeHead(status).end();
    });
    expect((await httpRequest(`${origin}/`, noWaiting().options)).status).toBe(status);
    expect(count).toBe(1);
  });

  it('end with the last answer when nothing helps', async () => {
    const origin = await server((_request, response) => response.writeHead(503).end());
    const { delays, options } = noWaiting();
    expect((await httpRequest(`${origin}/`, options)).status).toBe(503);
    expect(delays).toHaveLength(LIMITS.httpRetries);
  });

  it.each([
    ['seconds', () => '7', 7_000],
    ['a date', () => new Date(Date.now() + 9_000).toUTCString(), 9_000],
    ['too many seconds', () => '86400', LIMITS.retryAfterMaxMs],
  ])('wait as long as Retry-After says: %s', async (_, value, expected) => {
    const origin = await server((_request, response) =>
      response.writeHead(429, { 'retry-after': value() }).end(),
    );
    const { delays, options } = noWaiting();
    await httpRequest(`${origin}/`, { ...options, retries: 1 });
    expect(delays[0]).toBeGreaterThan(expected - 2_000);
    expect(delays[0]).toBeLessThanOrEqual(expected);
  });

  it('come after a broken connection', async () => {
    let count = 0;
    const origin = await server((request, response) => {
      if (++count === 1) request.socket.destroy();
      else response.end('fine');
    });
    expect(await (await httpRequest(`${origin}/`, noWaiting().options)).text(10)).toBe('fine');
  });

  it('never come for a POST', async () => {
    let count = 0;
    const origin = await server((_request, response) => {
      count++;
      response.writeHead(503).end();
    });
    await httpRequest(`${origin}/`, { ...noWaiting().options, method: 'POST', body: 'x' });
    expect(count).toBe(1);
  });
});

describe('a proxy of the environment', () => {
  it('is asked for everything but loopback addresses and what NO_PROXY names', async () => {
    const asked: string[] = [];
    const proxy = await server((request, response) => {
      asked.push(request.url ?? '');
      response.end('by proxy');
    });
    const env = { HTTP_PROXY: proxy, NO_PROXY: 'direct.invalid' };
    const response = await httpRequest('http://host.invalid/a', { env, retries: 0 });
    expect(await response.text(20)).toBe('by proxy');
    expect(asked).toEqual(['http://host.invalid/a']);
    expect((await failure(httpRequest('http://direct.invalid/', { env, retries: 0 }))).message).toContain(
      'not found',
    );
    const loopback = await server((_request, response) => response.end('direct'));
    expect(await (await httpRequest(`${loopback}/`, { env })).text(20)).toBe('direct');
  });
});
