import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startRegistry, type TestRegistry } from '../../test/kit/registry.ts';
import {
  always,
  BLOB,
  basicAuth,
  bytesOf,
  clientOf,
  failure,
  IMAGE,
  type RegistryBench,
  registryBench,
} from '../../test/kit/registry-bench.ts';
import type { Reference } from '../model/index.ts';
import { createSession, openRepository } from './index.ts';

let bench: RegistryBench;
beforeEach(() => {
  bench = registryBench();
});
afterEach(() => bench.close());

describe('basic authentication', () => {
  const users = { me: 'pass' };

  it('is given when asked for, and then kept', async () => {
    const at = await bench.registry({ auth: { kind: 'basic', users } });
    const repo = clientOf(at, bench.withCredentials(at, basicAuth('me', 'pass')));
    await repo.manifest('1.0');
    await repo.manifest('1.0');
    const sent = at.requests
      .filter(({ url }) => url.includes('/manifests/'))
      .map(({ headers }) => headers.authorization);
    expect(sent).toEqual([undefined, expect.stringMatching(/^Basic /), expect.stringMatching(/^Basic /)]);
  });

  it('that is wrong is an error that names where it came from, never what it was', async () => {
    const at = await bench.registry({ auth: { kind: 'basic', users } });
    const using = bench.withCredentials(at, basicAuth('me', 'hunter2'));
    const error = await failure(clientOf(at, using).manifest('1.0'));
    expect(error.code).toBe('REGISTRY_AUTH');
    expect(error.message).toContain(`with the credentials from ${using.env['REGISTRY_AUTH_FILE']}`);
    expect(error.hint).toContain('docker login');
    expect(`${error.message} ${error.hint}`).not.toContain('hunter2');
    expect(at.requests.filter(({ url }) => url.includes('/manifests/'))).toHaveLength(2);
  });

  it('that is missing is an error that says so', async () => {
    const at = await bench.registry({ auth: { kind: 'basic', users } });
    const error = await failure(clientOf(at, bench.context()).manifest('1.0'));
    expect(error).toMatchObject({
      code: 'REGISTRY_AUTH',
      message: expect.stringContaining('without credentials'),
    });
  });
});

describe('token authentication', () => {
  const tokenRequests = (at: TestRegistry): TestRegistry['requests'] =>
    at.requests.filter(({ url }) => url.startsWith('/token'));

  it('works without credentials, once for many requests', async () => {
    const at = await bench.registry({ auth: { kind: 'token' } });
    const repo = clientOf(at, bench.context());
    await repo.manifest('1.0');
    await bytesOf(await repo.blob(BLOB));
    expect(tokenRequests(at)).toHaveLength(1);
    const asked = new URL(tokenRequests(at)[0]?.url ?? '', at.origin).searchParams;
    expect([asked.get('service'), asked.get('scope')]).toEqual(['test registry', 'repository:team/app:pull']);
    expect(tokenRequests(at)[0]?.headers.authorization).toBeUndefined();
  });

  it('works for requests that start together', async () => {
    const at = await bench.registry({ auth: { kind: 'token' } });
    const repo = clientOf(at, bench.context());
    const all = await Promise.all([1, 2, 3, 4].map(() => repo.manifest('1.0')));
    expect(all.map(({ digest }) => digest)).toEqual(Array(4).fill(IMAGE.descriptor.digest));
  });

  it('works with a user name and password, which only the token server sees', async () => {
    const at = await bench.registry({ auth: { kind: 'token', users: { me: 'pass' } } });
    await clientOf(at, bench.withCredentials(at, basicAuth('me', 'pass'))).manifest('1.0');
    for (const { url, headers } of at.requests) {
      const sent = headers.authorization ?? 'nothing';
      if (url.startsWith('/token')) expect(sent).toMatch(/^Basic /);
      else expect(sent).not.toMatch(/^Basic /);
    }
  });

  it('works with an identity token, which goes by POST', async () => {
    const at = await bench.registry({ auth: { kind: 'token', users: {}, identities: ['refresh-me'] } });
    await clientOf(at, bench.withCredentials(at, { identitytoken: 'refresh-me' })).manifest('1.0');
    const [asked] = tokenRequests(at);
    expect(asked?.method).toBe('POST');
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-me',
      scope: 'repository:team/app:pull',
    });
  });

  it('takes a registry token as it is', async () => {
    const at = await bench.registry({ auth: { kind: 'token' } });
    await failure(clientOf(at, bench.withCredentials(at, { registrytoken: 'ready' })).manifest('1.0'));
    expect(tokenRequests(at)).toHaveLength(0);
    expect(at.requests.at(-1)?.headers.authorization).toBe('Bearer ready');
  });

  it('gets a new token when the old one is no longer taken', async () => {
    const at = await bench.registry({ auth: { kind: 'token' } });
    const repo = clientOf(at, bench.context());
    await repo.manifest('1.0');
    at.forgetTokens();
    await repo.manifest('1.0');
    expect(tokenRequests(at)).toHaveLength(2);
  });

  it('shares tokens within a session, by repository', async () => {
    const at = await bench.registry({ auth: { kind: 'token' } });
    at.push('team/other', '1.0', IMAGE);
    const session = createSession();
    for (const path of ['team/app', 'team/app', 'team/other']) {
      const reference: Reference = { registry: at.host, repository: path };
      await openRepository({ reference, context: bench.context(), session }).manifest('1.0');
    }
    expect(tokenRequests(at)).toHaveLength(2);
  });

  it('ends with REGISTRY_AUTH when the token server refuses', async () => {
    const at = await bench.registry({ auth: { kind: 'token', users: { me: 'pass' } } });
    const error = await failure(
      clientOf(at, bench.withCredentials(at, basicAuth('me', 'hunter2'))).manifest('1.0'),
    );
    expect(error.code).toBe('REGISTRY_AUTH');
    expect(error.message).not.toContain('hunter2');
  });

  it('ends with REGISTRY_AUTH when no token is ever good enough', async () => {
    const challenge = 'Bearer realm="REALM",service="s",scope="repository:team/app:pull"';
    const at: TestRegistry = await bench.registry({
      auth: { kind: 'token' },
      fault: ({ url }) =>
        url.includes('/manifests/')
          ? {
              kind: 'answer',
              status: 401,
              headers: { 'www-authenticate': challenge.replace('REALM', `${at.origin}/token`) },
            }
          : undefined,
    });
    expect((await failure(clientOf(at, bench.context()).manifest('1.0'))).code).toBe('REGISTRY_AUTH');
    expect(at.requests.filter(({ url }) => url.includes('/manifests/'))).toHaveLength(3);
  });

  it.each([
    ['over plain http to another host', 'http://host.invalid/token', 'REGISTRY_AUTH'],
    ['by another protocol', 'ftp://host.invalid/token', 'REGISTRY_PROTOCOL'],
    ['to nowhere', 'nowhere', 'REGISTRY_PROTOCOL'],
    ['with user info', 'https://a:b@host.invalid/', 'REGISTRY_PROTOCOL'],
  ])('never sends credentials %s', async (_, realm, code) => {
    const at = await bench.registry({ auth: { kind: 'token', realm } });
    const error = await failure(
      clientOf(at, bench.withCredentials(at, basicAuth('me', 'pass'))).manifest('1.0'),
    );
    expect(error.code).toBe(code);
  });

  it('never sends credentials where the token server redirects to', async () => {
    const other = await startRegistry({
      fault: () => ({ kind: 'answer', status: 200, body: '{"token":"t"}' }),
    });
    onTestFinished(() => other.close());
    const at = await bench.registry({
      auth: { kind: 'token', users: { me: 'pass' } },
      fault: ({ url }) =>
        url.startsWith('/token')
          ? { kind: 'answer', status: 302, headers: { location: `${other.origin}/token` } }
          : undefined,
    });
    await failure(clientOf(at, bench.withCredentials(at, basicAuth('me', 'pass'))).manifest('1.0'));
    expect(other.requests.length).toBeGreaterThan(0);
    for (const { headers } of other.requests) expect(headers.authorization).toBeUndefined();
  });

  it.each([
    ['no JSON', 'token'],
    ['no token', '{"expires_in": 5}'],
    ['a token that would break out of its header', '{"token": "a\\r\\nx: y"}'],
  ])('ends with REGISTRY_PROTOCOL when the token server sends %s', async (_, body) => {
    const at = await bench.registry({
      auth: { kind: 'token' },
      ...always('/token', { kind: 'answer', status: 200, body }),
    });
    expect((await failure(clientOf(at, bench.context()).manifest('1.0'))).code).toBe('REGISTRY_PROTOCOL');
  });
});
