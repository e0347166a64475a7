import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Image, SourceContext } from '../../src/image/image.ts';
import { remoteSource } from '../../src/image/sources/remote.ts';
import { verified } from '../../src/image/verify.ts';
import { PratiqueError, silentLog, systemClock } from '../../src/kit/index.ts';
import { MEDIA } from '../../src/model/index.ts';
import { type HelperRun, spawnHelper } from '../../src/registry/docker-credential.ts';
import { makeImage, makeIndex, makeLayer, type TestImage, writeLayout } from '../kit/images.ts';
import { type DebianRegistry, startDebianRegistry } from './debian-registry.ts';

/** Debian's docker-registry, filled by skopeo: our client against a real registry and a real client's push. */
const testdata = fileURLToPath(new URL('../kit/testdata/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pratique-field-registry-'));
const USERS = { alice: 'correct horse', bob: 'päss:wörd' };

const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * at * 31) & 0xff));
const BASE = makeLayer(
  [
    { path: 'etc/os-release', content: 'ID=debian\n' },
    { path: 'noise', content: noise },
  ],
  'gzip',
);
const AMD = makeImage([BASE, makeLayer([{ path: 'amd' }], 'zstd')]);
const ARM = makeImage([BASE], { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } });
const INDEX = makeIndex([AMD, ARM]);

let plain: DebianRegistry;
let guarded: DebianRegistry;
let secure: DebianRegistry;

beforeAll(async () => {
  plain = await startDebianRegistry(join(folder, 'plain'));
  guarded = await startDebianRegistry(join(folder, 'guarded'), { users: USERS });
  secure = await startDebianRegistry(join(folder, 'secure'), {
    tls: { certificate: join(testdata, 'localhost.crt'), key: join(testdata, 'localhost.key') },
  });
  const layout = await writeLayout(join(folder, 'layout'), [
    { content: INDEX, tag: 'multi' },
    { content: AMD, tag: 'amd' },
    { content: ARM, tag: 'arm' },
  ]);
  const push = (tag: string, to: string, more: readonly string[] = []): void => {
    const from = `oci:${layout}:${tag}`;
    const args = ['copy', '--insecure-policy', '--dest-tls-verify=false', ...more];
    execFileSync('skopeo', [...args, from, `docker://${to}`], { stdio: 'pipe' });
  };
  push('multi', `${plain.host}/team/app:multi`, ['--all', '--preserve-digests']);
  push('amd', `${plain.host}/team/app:amd`);
  push('arm', `${plain.host}/team/app:docker`, ['--format', 'v2s2']);
  push('amd', `${guarded.host}/team/app:amd`, ['--dest-creds', `alice:${USERS.alice}`]);
  push('amd', `${secure.host}/team/app:amd`);
});

afterAll(async () => {
  await Promise.all([plain, guarded, secure].map((registry) => registry?.close()));
  rmSync(folder, { recursive: true, force: true });
});

function context(more: Partial<SourceContext> = {}): SourceContext {
  return {
    env: { HOME: join(folder, 'nobody') },
    clock: systemClock,
    log: silentLog,
    offline: false,
    insecureRegistries: [],
    ...more,
  };
}

async function open(name: string, more?: Partial<SourceContext>): Promise<Image> {
  const image = await remoteSource.open(name, context(more));
  if ('missed' in image) throw new Error(image.missed);
  return image;
}

async function expectWhole(image: Image, expected: TestImage): Promise<void> {
  expect(image.digest).toBe(expected.descriptor.digest);
  await expectLayers(image, expected);
}

/** Reads every layer to its end, against its digest and size. */
async function expectLayers(image: Image, expected: TestImage): Promise<void> {
  expect(image.layers).toHaveLength(expected.layers.length);
  for (const [index, layer] of image.layers.entries()) {
    if (layer.kind !== 'blob') throw new Error('not a blob');
    const chunks: Uint8Array[] = [];
    for await (const chunk of verified(await layer.open(), layer.descriptor, image.name)) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(expected.layers[index]?.blob ?? Buffer.alloc(0))).toBe(true);
  }
}

async function failure(work: Promise<unknown>): Promise<PratiqueError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PratiqueError);
  return error as PratiqueError;
}

/** An environment whose config.json says this. */
function env(name: string, config: unknown, path = ''): Record<string, string> {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'config.json'), JSON.stringify(config));
  return { DOCKER_CONFIG: home, HOME: home, PATH: `${path}:${process.env['PATH']}` };
}

function auths(host: string, user: string, password: string): unknown {
  return { auths: { [host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') } } };
}

describe('an open registry', () => {
  it('gives an image by tag and by digest', async () => {
    await expectWhole(await open(`${plain.host}/team/app:amd`), AMD);
    await expectWhole(await open(`${plain.host}/team/app@${AMD.descriptor.digest}`), AMD);
    await expectWhole(await open(`${plain.host}/team/app:multi@${ARM.descriptor.digest}`), ARM);
  });

  it('gives the image of a platform out of an index', async () => {
    for (const [architecture, expected] of [
      ['amd64', AMD],
      ['arm64', ARM],
    ] as const) {
      const image = await open(`${plain.host}/team/app:multi`, { platform: { os: 'linux', architecture } });
      await expectWhole(image, expected);
      expect(image.indexDigest).toBe(INDEX.descriptor.digest);
      expect(image.platform?.architecture).toBe(architecture);
    }
  });

  it("gives an image with Docker's media types", async () => {
    const image = await open(`${plain.host}/team/app:docker`);
    expect(image.mediaType).toBe(MEDIA.dockerManifest);
    await expectLayers(image, ARM);
  });

  it('says what it does not have', async () => {
    const noTag = await failure(open(`${plain.host}/team/app:none`));
    expect([noTag.code, noTag.message]).toEqual([
      'REGISTRY_NOT_FOUND',
      expect.stringContaining('MANIFEST_UNKNOWN'),
    ]);
    const noRepository = await failure(open(`${plain.host}/nobody/nothing`));
    expect(noRepository.code).toBe('REGISTRY_NOT_FOUND');
    const noPlatform = { platform: { os: 'linux', architecture: 's390x' } };
    expect((await failure(open(`${plain.host}/team/app:multi`, noPlatform))).code).toBe('PLATFORM_NOT_FOUND');
  });
});

describe('a registry with passwords', () => {
  const name = (): string => `${guarded.host}/team/app:amd`;

  it('refuses whoever is nobody, or has a wrong password', async () => {
    const nobody = await failure(open(name()));
    expect([nobody.code, nobody.message]).toEqual([
      'REGISTRY_AUTH',
      expect.stringContaining('without credentials'),
    ]);
    const wrong = await failure(open(name(), { env: env('wrong', auths(guarded.host, 'alice', 'hunter2')) }));
    expect([wrong.code, wrong.message]).toEqual([
      'REGISTRY_AUTH',
      expect.stringContaining('wrong/config.json'),
    ]);
    expect(`${wrong.message} ${wrong.hint}`).not.toContain('hunter2');
  });

  it.each(Object.entries(USERS))('lets %s in by config.json', async (user, password) => {
    await expectWhole(
      await open(name(), { env: env(`file-${user}`, auths(guarded.host, user, password)) }),
      AMD,
    );
  });

  it('lets in by the file that skopeo login writes', async () => {
    const file = join(folder, 'auth.json');
    const args = [
      'login',
      '--authfile',
      file,
      '--tls-verify=false',
      '-u',
      'alice',
      '--password-stdin',
      guarded.host,
    ];
    execFileSync('skopeo', args, { input: USERS.alice, stdio: 'pipe' });
    await expectWhole(await open(name(), { env: { REGISTRY_AUTH_FILE: file } }), AMD);
  });

  it('lets in by a credential helper, a real program', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const put = (program: string, script: string): void => {
      writeFileSync(join(bin, `docker-credential-${program}`), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, `docker-credential-${program}`), 0o755);
    };
    const answer = `{"ServerURL":"x","Username":"alice","Secret":"${USERS.alice}"}`;
    put('good', `[ "$1" = get ] && read -r host; [ "$host" = "${guarded.host}" ] && echo '${answer}'`);
    put('empty', 'cat >/dev/null; echo "credentials not found in native keychain"; exit 1');
    put('broken', 'echo hunter2; exit 7');
    const use = (store: string): Record<string, string> => env(`helper-${store}`, { credsStore: store }, bin);
    await expectWhole(await open(name(), { env: use('good') }), AMD);
    const empty = await failure(open(name(), { env: use('empty') }));
    expect(empty.message).toContain('without credentials');
    const broken = await failure(open(name(), { env: use('broken') }));
    expect(broken).toMatchObject({ code: 'REGISTRY_AUTH', where: 'docker-credential-broken' });
    expect(broken.message).not.toContain('hunter2');
  });
});

describe('a credential helper that', () => {
  const run = (name: string, script: string): Promise<HelperRun> => {
    const program = `docker-credential-${name}`;
    writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, program), 0o755);
    return spawnHelper(program, 'host', { PATH: `${folder}:${process.env['PATH']}` }, 300);
  };

  it('takes too long is ended', async () => {
    const error = await failure(run('slow', 'exec sleep 60'));
    expect(error).toMatchObject({ code: 'REGISTRY_AUTH', message: expect.stringContaining('within 300 ms') });
  });

  it('talks too much is ended', async () => {
    const error = await failure(run('loud', 'exec yes'));
    expect(error).toMatchObject({ code: 'REGISTRY_AUTH', message: expect.stringContaining('too much') });
  });

  it('does not read its input is no problem', async () => {
    expect(await run('deaf', 'exec <&-; echo hello')).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' });
  });
});

describe('a registry with a certificate that nobody knows', () => {
  it('is refused, unless it is named as insecure', async () => {
    const name = `${secure.host}/team/app:amd`;
    const error = await failure(open(name));
    expect(error.code).toBe('NETWORK');
    expect(error.hint).toContain('NODE_EXTRA_CA_CERTS');
    await expectWhole(await open(name, { insecureRegistries: [secure.host] }), AMD);
  });
});
