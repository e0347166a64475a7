import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCredential } from './credentials.ts';
import type { HelperRunner } from './docker-credential.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pratique-auth-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, content: unknown): Promise<string> {
  const target = join(home, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content));
  return target;
}

const DOCKER = '.docker/config.json';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function find(
  name: string,
  more: { env?: Record<string, string>; runHelper?: HelperRunner } = {},
): ReturnType<typeof findCredential> {
  const slash = name.indexOf('/');
  const context = {
    env: { HOME: home, ...more.env },
    ...(more.runHelper ? { runHelper: more.runHelper } : {}),
  };
  return findCredential(name.slice(0, slash), name.slice(slash + 1), context);
}

/** The user's name, or the kind and token, in one word. */
async function who(...request: Parameters<typeof find>): Promise<string> {
  const found = await find(...request);
  if (found === undefined) return 'anonymous';
  return found.kind === 'basic' ? `${found.username}:${found.password}` : `${found.kind} ${found.token}`;
}

describe('an entry of auths', () => {
  it.each([
    ['auth', { auth: base64('me:pa:ss') }, 'me:pa:ss'],
    ['auth with zeroes at the end', { auth: base64('me:pass\0\0') }, 'me:pass'],
    ['username and password', { username: 'me', password: 'pass' }, 'me:pass'],
    ['an identity token beside auth', { auth: base64('me:'), identitytoken: 'tok' }, 'identity tok'],
    ['the user name <token>', { auth: base64('<token>:tok') }, 'identity tok'],
    ['a registry token', { registrytoken: 'tok' }, 'registry tok'],
    ['nothing, as beside a store', {}, 'anonymous'],
  ])('may hold %s', async (_, entry, expected) => {
    await put(DOCKER, { auths: { 'host:5000': entry } });
    expect(await who('host:5000/app')).toBe(expected);
  });

  it.each([
    ['exactly', 'host', 'host/app'],
    ['with a scheme', 'https://host', 'host/app'],
    ['with the path of version 1', 'https://host/v1/', 'host/app'],
    ['with the path of version 2', 'https://host/v2/', 'host/app'],
    ['whatever its case', 'HOST', 'Host/app'],
    ["for Docker's own registry", 'https://index.docker.io/v1/', 'docker.io/library/alpine'],
    ["for Docker's own registry by its name", 'docker.io', 'docker.io/library/alpine'],
    ["for Docker's own registry by its address", 'registry-1.docker.io', 'docker.io/library/alpine'],
    ['by a path before the repository', 'host/team', 'host/team/app'],
  ])('is found %s', async (_, key, name) => {
    await put(DOCKER, { auths: { [key]: { auth: base64('me:pass') } } });
    expect(await who(name)).toBe('me:pass');
  });

  it.each(['other/app', 'host:5000/app', 'sub.host/app', 'host.evil/app'])(
    'is not found for %s',
    async (name) => {
      await put(DOCKER, {
        auths: { host: { auth: base64('me:pass') }, 'host/team': { auth: base64('a:b') } },
      });
      expect(await who(name)).toBe('anonymous');
    },
  );

  it('with the longest path wins', async () => {
    const auths = {
      host: { auth: base64('all:x') },
      'host/team': { auth: base64('team:x') },
      'host/team/app': { auth: base64('app:x') },
    };
    await put(DOCKER, { auths });
    const found = await Promise.all(
      ['team/app', 'team/other', 'team', 'teams', 'x'].map((path) => who(`host/${path}`)),
    );
    expect(found).toEqual(['app:x', 'team:x', 'team:x', 'all:x', 'all:x']);
  });
});

describe('the files', () => {
  const entry = (user: string): unknown => ({ auths: { host: { auth: base64(`${user}:x`) } } });

  it('are asked in order, and the source is named', async () => {
    expect(await who('host/app')).toBe('anonymous');
    await put('.config/containers/auth.json', entry('podman-home'));
    expect(await who('host/app')).toBe('podman-home:x');
    await put('run/containers/auth.json', entry('podman'));
    const env = { XDG_RUNTIME_DIR: join(home, 'run') };
    expect(await who('host/app', { env })).toBe('podman:x');
    const path = await put(DOCKER, entry('docker'));
    expect(await who('host/app', { env })).toBe('docker:x');
    expect((await find('host/app', { env }))?.source).toBe(`${path} (auths, host)`);
    await put('elsewhere/config.json', entry('elsewhere'));
    expect(await who('host/app', { env: { ...env, DOCKER_CONFIG: join(home, 'elsewhere') } })).toBe(
      'elsewhere:x',
    );
    const own = await put('own.json', entry('own'));
    expect(await who('host/app', { env: { ...env, REGISTRY_AUTH_FILE: own } })).toBe('own:x');
  });

  it('REGISTRY_AUTH_FILE must be there', async () => {
    await expect(find('host/app', { env: { REGISTRY_AUTH_FILE: join(home, 'none') } })).rejects.toMatchObject(
      {
        code: 'REGISTRY_AUTH',
      },
    );
  });

  it.each([
    ['is not JSON', '{"auths": {"host": {"auth": "hunter2"'],
    ['is no object', '["hunter2"]'],
    ['has auths that is no object', '{"auths": "hunter2"}'],
    ['has an entry that is no object', '{"auths": {"host": "hunter2"}}'],
    ['has an auth that is no pair', `{"auths": {"host": {"auth": "${base64('hunter2')}"}}}`],
  ])('one that %s is an error that names it and shows nothing of it', async (_, text) => {
    const path = await put(DOCKER, text);
    const error = await find('host/app').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'REGISTRY_AUTH', where: path });
    expect(String(error)).toContain(path);
    expect(String(error)).not.toContain('hunter2');
    expect(String(error)).not.toContain(base64('hunter2'));
  });
});

describe('credential helpers', () => {
  function helper(answer: Partial<Awaited<ReturnType<HelperRunner>>>): {
    runHelper: HelperRunner;
    calls: string[];
  } {
    const calls: string[] = [];
    const runHelper: HelperRunner = async (program, input) => {
      calls.push(`${program} ${input}`);
      return { exitCode: 0, stdout: '', stderr: '', ...answer };
    };
    return { runHelper, calls };
  }
  const ok = { stdout: JSON.stringify({ ServerURL: 'x', Username: 'me', Secret: 'pass' }) };

  it('are asked for the host: credHelpers before auths before credsStore', async () => {
    const { runHelper, calls } = helper(ok);
    await put(DOCKER, {
      auths: { written: { auth: base64('file:x') }, special: { auth: base64('file:x') }, stored: {} },
      credHelpers: { special: 'ecr-login' },
      credsStore: 'pass',
    });
    expect(await who('special/app', { runHelper })).toBe('me:pass');
    expect(await who('written/app', { runHelper })).toBe('file:x');
    expect(await who('stored/app', { runHelper })).toBe('me:pass');
    expect(await who('docker.io/library/alpine', { runHelper })).toBe('me:pass');
    expect(calls).toEqual([
      'docker-credential-ecr-login special',
      'docker-credential-pass stored',
      'docker-credential-pass https://index.docker.io/v1/',
    ]);
    const found = await find('special/app', { runHelper });
    expect(found?.source).toBe('credential helper docker-credential-ecr-login');
  });

  it('may give an identity token', async () => {
    await put(DOCKER, { credsStore: 'acr' });
    const { runHelper } = helper({ stdout: '{"Username":"<token>","Secret":"tok"}' });
    expect(await who('host/app', { runHelper })).toBe('identity tok');
  });

  it.each([
    ['says so on standard output', { exitCode: 1, stdout: 'credentials not found in native keychain\n' }],
    ['says so on standard error', { exitCode: 1, stderr: 'Error: credentials not found' }],
    ['answers with empty ones', { stdout: '{"Username":"","Secret":""}' }],
  ])('that has none and %s means anonymous', async (_, answer) => {
    await put(DOCKER, { credsStore: 'pass' });
    expect(await who('host/app', helper(answer))).toBe('anonymous');
  });

  it.each([
    ['fails', { exitCode: 1, stdout: 'hunter2', stderr: 'hunter2 exploded' }],
    ['says no JSON', { stdout: '{"Secret": hunter2' }],
    ['says something else', { stdout: '["hunter2"]' }],
    ['leaves the secret out', { stdout: '{"Username":"hunter2"}' }],
  ])('that %s is an error that names it and shows nothing of what it said', async (_, answer) => {
    await put(DOCKER, { credsStore: 'pass' });
    const error = await find('host/app', helper(answer)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'REGISTRY_AUTH', where: 'docker-credential-pass' });
    expect(String(error)).not.toContain('hunter2');
  });

  it.each(['../../bin/sh', 'a b', 'x;rm', '', 'ä'])('with the name %j is never run', async (name) => {
    const { runHelper, calls } = helper(ok);
    await put(DOCKER, { credHelpers: { host: name } });
    await find('host/app', { runHelper }).catch(() => undefined);
    expect(calls).toEqual([]);
  });

  it('that is not there is an error that says so', async () => {
    await put(DOCKER, { credsStore: 'that-nobody-has' });
    await expect(find('host/app', { env: { PATH: home } })).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
      message: 'docker-credential-that-nobody-has is not on PATH',
    });
  });
});
