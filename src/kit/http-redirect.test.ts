import { afterEach, describe, expect, it } from 'vitest';
import { type Recorded, startRegistry, type TestRegistry } from '../../test/kit/registry.ts';
import { type Hop, nextHop } from './http-redirect.ts';
import { httpRequest, LIMITS, PratiqueError } from './index.ts';

const HEADERS = {
  accept: 'text/plain',
  authorization: 'Basic c2VjcmV0',
  cookie: 'id=secret',
  'x-api-key': 'secret',
  range: 'bytes=5-',
};

describe('what a redirect asks for', () => {
  const hop = (url: string, more: Partial<Hop> = {}): Hop => ({
    url: new URL(url),
    method: 'GET',
    headers: HEADERS,
    ...more,
  });

  it.each([
    ['https://a.example/x', '/y', 'https://a.example/y'],
    ['https://a.example/x/', 'y?z=1', 'https://a.example/x/y?z=1'],
    ['https://a.example/x', 'https://a.example:443/y', 'https://a.example/y'],
  ])('%s to %s is the same server, which keeps the headers', (from, location, to) => {
    const next = nextHop(hop(from), 302, location);
    expect(next).toMatchObject({ headers: HEADERS });
    expect((next as Hop).url.href).toBe(to);
  });

  it.each([
    ['another host', 'https://b.example/y'],
    ['a subdomain', 'https://x.a.example/y'],
    ['another port', 'https://a.example:8443/y'],
    ['another host without a scheme', '//b.example/y'],
    ['user info in the target', 'https://me:too@b.example/y'],
  ])('%s gets only what is harmless', (_, location) => {
    const next = nextHop(hop('https://a.example/x'), 307, location) as Hop;
    expect(next.headers).toEqual({ accept: 'text/plain', range: 'bytes=5-' });
    expect(next.url.username).toBe('');
  });

  it('http to https is another server too', () => {
    const next = nextHop(hop('http://a.example/x'), 301, 'https://a.example/x') as Hop;
    expect(next.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['https to plain http', 'GET', 'http://a.example/x'],
    ['a file', 'GET', 'file:///etc/passwd'],
    ['what is no URL', 'GET', 'https://[nonsense/'],
    ['another server with a POST', 'POST', 'https://b.example/y'],
  ])('is refused: %s', (_, method, location) => {
    const next = nextHop(hop('https://a.example/x', { method, body: 'grant=1' }), 307, location);
    expect(next).toBeInstanceOf(PratiqueError);
    expect(next).toMatchObject({ code: 'NETWORK' });
  });

  it('is nothing without a location, or with another status', () => {
    expect(nextHop(hop('https://a.example/x'), 302, undefined)).toBeUndefined();
    expect(nextHop(hop('https://a.example/x'), 304, '/y')).toBeUndefined();
    expect(nextHop(hop('https://a.example/x'), 200, '/y')).toBeUndefined();
  });

  it('a body goes again to the same server, and not after 303', () => {
    const post = hop('https://a.example/x', { method: 'POST', body: 'grant=1' });
    expect(nextHop(post, 307, '/y')).toMatchObject({ method: 'POST', body: 'grant=1' });
    const see = nextHop(post, 303, '/y');
    expect(see).toMatchObject({ method: 'GET' });
    expect(see).not.toHaveProperty('body');
  });
});

describe('following redirects', () => {
  const open: TestRegistry[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((registry) => registry.close()));
  });

  async function answering(
    location: (request: Recorded) => string | undefined,
    tls = false,
  ): Promise<TestRegistry> {
    const registry = await startRegistry({
      tls,
      fault: (request) => {
        const to = location(request);
        if (to === undefined) return { kind: 'answer', status: 200, body: 'arrived' };
        return { kind: 'answer', status: 302, headers: { location: to } };
      },
    });
    open.push(registry);
    return registry;
  }

  it('never brings credentials to another port, not even on the way back', async () => {
    const other = await answering(({ url }) => (url === '/1' ? `${home.origin}/2` : undefined));
    const home: TestRegistry = await answering(({ url }) => (url === '/0' ? `${other.origin}/1` : undefined));
    const response = await httpRequest(`${home.origin}/0`, { headers: HEADERS });
    expect(await response.text(10)).toBe('arrived');
    expect(home.requests[0]?.headers.authorization).toBe(HEADERS.authorization);
    for (const { headers } of [...other.requests, ...home.requests.slice(1)]) {
      expect(headers.authorization).toBeUndefined();
      expect(headers.cookie).toBeUndefined();
      expect(headers['x-api-key']).toBeUndefined();
    }
    expect(other.requests).toHaveLength(1);
    expect(home.requests).toHaveLength(2);
  });

  it('ends a circle at once', async () => {
    const home = await answering(({ url }) => (url === '/a' ? '/b' : '/a'));
    await expect(httpRequest(`${home.origin}/a`)).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('in a circle'),
    });
    expect(home.requests).toHaveLength(2);
  });

  it('ends a chain that is too long', async () => {
    const home = await answering(({ url }) => `/${Number(url.slice(1)) + 1}`);
    await expect(httpRequest(`${home.origin}/1`)).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining(`more than ${LIMITS.httpRedirects} times`),
    });
    expect(home.requests).toHaveLength(LIMITS.httpRedirects + 1);
  });

  it('refuses to leave https', async () => {
    const plain = await answering(() => undefined);
    const home = await answering(() => `${plain.origin}/x`, true);
    await expect(httpRequest(`${home.origin}/x`, { tls: { insecure: true } })).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('https to plain http'),
    });
    expect(plain.requests).toHaveLength(0);
  });

  it('hands the redirect out when none may be followed', async () => {
    const home = await answering(() => '/b');
    const response = await httpRequest(`${home.origin}/a`, { maxRedirects: 0 });
    expect(response.status).toBe(302);
  });
});
