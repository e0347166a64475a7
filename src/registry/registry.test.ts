import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../test/kit/images.ts';
import { type Fault, type RegistryOptions, startRegistry } from '../../test/kit/registry.ts';
import {
  always,
  BLOB,
  basicAuth,
  bytesOf,
  clientOf,
  failure,
  IMAGE,
  LAYER,
  type RegistryBench,
  registryBench,
} from '../../test/kit/registry-bench.ts';
import { LIMITS } from '../kit/index.ts';
import { MEDIA, type Reference } from '../model/index.ts';
import { openRepository } from './index.ts';

let bench: RegistryBench;
beforeEach(() => {
  bench = registryBench();
});
afterEach(() => bench.close());

/** Answers the first request whose path holds `part` with the fault. */
function once(part: string, fault: Fault): RegistryOptions {
  return { fault: ({ url }, attempt) => (url.includes(part) && attempt === 1 ? fault : undefined) };
}

describe('a manifest', () => {
  it('comes by tag and by digest, with its type and digest', async () => {
    const at = await bench.registry();
    const repo = clientOf(at, bench.context());
    const byTag = await repo.manifest('1.0');
    expect(byTag.bytes).toEqual(IMAGE.manifest);
    expect(byTag.mediaType).toBe(MEDIA.ociManifest);
    expect(byTag.digest).toBe(IMAGE.descriptor.digest);
    expect((await repo.manifest(byTag.digest)).bytes).toEqual(IMAGE.manifest);
    const accepted = at.requests.at(-1)?.headers.accept;
    for (const type of [MEDIA.ociIndex, MEDIA.ociManifest, MEDIA.dockerIndex, MEDIA.dockerManifest]) {
      expect(accepted).toContain(type);
    }
  });

  it('can be asked about without its bytes', async () => {
    const head = await clientOf(await bench.registry(), bench.context()).head('1.0');
    expect(head).toEqual({
      mediaType: MEDIA.ociManifest,
      digest: IMAGE.descriptor.digest,
      size: IMAGE.manifest.length,
    });
  });

  it.each([
    ['other bytes than asked for', IMAGE.descriptor.digest, { kind: 'answer', status: 200, body: '{}' }],
    [
      'another digest in its header',
      '1.0',
      { kind: 'headers', headers: { 'docker-content-digest': sha256('x') } },
    ],
    [
      'another digest there, asked by digest',
      IMAGE.descriptor.digest,
      { kind: 'headers', headers: { 'docker-content-digest': sha256('x') } },
    ],
  ] as const)('with %s is DIGEST_MISMATCH', async (_, id, fault) => {
    const at = await bench.registry(always('/manifests/', fault));
    expect((await failure(clientOf(at, bench.context()).manifest(id))).code).toBe('DIGEST_MISMATCH');
  });

  it('needs no digest header', async () => {
    const body = IMAGE.manifest;
    const at = await bench.registry(always('/manifests/', { kind: 'answer', status: 200, body }));
    expect((await clientOf(at, bench.context()).manifest('1.0')).digest).toBe(IMAGE.descriptor.digest);
  });

  it.each([
    ['of schema 1', { 'content-type': `${MEDIA.dockerSchema1Signed}; charset=utf-8` }, 'UNSUPPORTED'],
    ['that is a web page', { 'content-type': 'text/html' }, 'REGISTRY_PROTOCOL'],
    ['with a digest header that is none', { 'docker-content-digest': 'sha256:abc' }, 'REGISTRY_PROTOCOL'],
  ])('%s is an error', async (_, headers, code) => {
    const at = await bench.registry(always('/manifests/', { kind: 'headers', headers }));
    expect((await failure(clientOf(at, bench.context()).manifest('1.0'))).code).toBe(code);
  });

  it('of more than 4 MiB is LIMIT_EXCEEDED', async () => {
    const at = await bench.registry();
    at.putManifest('team/app', 'huge', Buffer.alloc(LIMITS.manifestBytes + 1, 32), MEDIA.ociManifest);
    expect((await failure(clientOf(at, bench.context()).manifest('huge'))).code).toBe('LIMIT_EXCEEDED');
  });
});

describe('statuses', () => {
  it.each([
    [404, 'REGISTRY_NOT_FOUND'],
    [401, 'REGISTRY_AUTH'],
    [403, 'REGISTRY_AUTH'],
    [429, 'REGISTRY_RATE_LIMITED'],
    [500, 'REGISTRY_PROTOCOL'],
    [503, 'REGISTRY_PROTOCOL'],
    [400, 'REGISTRY_PROTOCOL'],
    [204, 'REGISTRY_PROTOCOL'],
  ])('%i becomes %s', async (status, code) => {
    const body = JSON.stringify({ errors: [{ code: 'SOME_CODE', message: 'the reason\n\u001b[31m' }] });
    const at = await bench.registry(
      always('/manifests/', { kind: 'answer', status, body: status === 204 ? '' : body }),
    );
    const error = await failure(clientOf(at, bench.context()).manifest('1.0'));
    expect(error.code).toBe(code);
    expect(error.where).toBe(`${at.host}/team/app:1.0`);
    if (status !== 204) expect(error.message).toMatch(/SOME_CODE: the reason \[31m/);
  });

  it.each([429, 503])('%i that passes is waited for as long as Retry-After says', async (status) => {
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms);
    };
    const at = await bench.registry(
      once('/manifests/', { kind: 'answer', status, headers: { 'retry-after': '3' } }),
    );
    await clientOf(at, bench.context({ sleep })).manifest('1.0');
    expect(waits).toEqual([3_000]);
  });
});

describe('a peer that', () => {
  const limits = { connectMs: 30, headersMs: 50, idleMs: 60, rateGraceMs: 80, minBytesPerSecond: 10_000 };

  it.each([
    ['hangs', { kind: 'hang' }],
    ['drips', { kind: 'drip', everyMs: 5 }],
    ['stops dripping', { kind: 'drip', everyMs: 1_000 }],
    ['closes at once', { kind: 'reset' }],
    ['closes in the middle', { kind: 'cut', bytes: 100 }],
    [
      'redirects in a circle',
      { kind: 'answer', status: 302, headers: { location: '/v2/team/app/manifests/1.0' } },
    ],
  ] as const)('%s is NETWORK within the time limits', async (_, fault) => {
    const at = await bench.registry(always('/manifests/', fault));
    const from = performance.now();
    expect((await failure(clientOf(at, bench.context({ limits })).manifest('1.0'))).code).toBe('NETWORK');
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});

describe('a blob', () => {
  it('comes whole, more than once', async () => {
    const repo = clientOf(await bench.registry(), bench.context());
    for (let at = 0; at < 2; at++) expect(await bytesOf(await repo.blob(BLOB))).toEqual(LAYER.blob);
    expect(await repo.hasBlob(BLOB)).toBe(true);
    expect(await repo.hasBlob({ digest: sha256('other') })).toBe(false);
    expect((await failure(repo.blob({ digest: sha256('other'), size: 1 }))).code).toBe('REGISTRY_NOT_FOUND');
  });

  it.each([
    ['a range', {}],
    ['the whole again', { noRanges: true }],
  ] as [string, { noRanges?: boolean }][])(
    'is taken up where it broke off, when the registry gives %s',
    async (_, more) => {
      const fault: RegistryOptions['fault'] = ({ url }, attempt) =>
        url.includes('/blobs/') && attempt < 4
          ? { kind: 'cut', bytes: 15_000 * (more.noRanges ? attempt : 1) }
          : undefined;
      const at = await bench.registry({ ...more, fault });
      expect(await bytesOf(await clientOf(at, bench.context()).blob(BLOB))).toEqual(LAYER.blob);
      const ranges = at.requests
        .filter(({ url }) => url.includes('/blobs/'))
        .map(({ headers }) => headers.range);
      expect(ranges).toEqual([undefined, 'bytes=15000-', 'bytes=30000-', 'bytes=45000-']);
    },
  );

  it('is given up when the connection breaks again and again, or nothing new comes', async () => {
    const dribble = await bench.registry(always('/blobs/', { kind: 'cut', bytes: 10 }));
    expect((await failure(clientOf(dribble, bench.context()).blob(BLOB).then(bytesOf))).code).toBe('NETWORK');
    expect(dribble.requests.filter(({ url }) => url.includes('/blobs/'))).toHaveLength(
      LIMITS.blobResumes + 1,
    );
    const nothing = await bench.registry(always('/blobs/', { kind: 'cut', bytes: 0 }));
    expect((await failure(clientOf(nothing, bench.context()).blob(BLOB).then(bytesOf))).code).toBe('NETWORK');
    expect(nothing.requests.filter(({ url }) => url.includes('/blobs/'))).toHaveLength(2);
  });

  it('must go on where it was asked to', async () => {
    const wrong = { 'content-range': 'bytes 5-9/10' };
    const at = await bench.registry({
      fault: ({ url, headers }) => {
        if (!url.includes('/blobs/')) return undefined;
        return headers.range === undefined ? { kind: 'cut', bytes: 10 } : { kind: 'headers', headers: wrong };
      },
    });
    expect((await failure(clientOf(at, bench.context()).blob(BLOB).then(bytesOf))).code).toBe(
      'REGISTRY_PROTOCOL',
    );
  });

  it('with more bytes than its descriptor says is SIZE_MISMATCH', async () => {
    const repo = clientOf(await bench.registry(), bench.context());
    const small = { ...BLOB, size: BLOB.size - 1 };
    expect((await failure(repo.blob(small).then(bytesOf))).code).toBe('SIZE_MISMATCH');
  });

  it('on another server is fetched without credentials', async () => {
    const storage = await startRegistry({ fault: () => ({ kind: 'answer', status: 200, body: LAYER.blob }) });
    onTestFinished(() => storage.close());
    const at = await bench.registry({
      auth: { kind: 'basic', users: { me: 'pass' } },
      redirectBlobsTo: storage.origin,
    });
    const repo = clientOf(at, bench.withCredentials(at, basicAuth('me', 'pass')));
    expect(await bytesOf(await repo.blob(BLOB))).toEqual(LAYER.blob);
    expect(storage.requests).toHaveLength(1);
    expect(storage.requests[0]?.headers.authorization).toBeUndefined();
    expect(at.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });
});

describe('the way to a registry', () => {
  it('is plain http for a loopback host that speaks no TLS, and that is found out once', async () => {
    const at = await bench.registry();
    const repo = clientOf(at, bench.context());
    await repo.ping();
    await repo.manifest('1.0');
    expect(at.requests.map(({ url }) => url)).toEqual(['/v2/', '/v2/team/app/manifests/1.0']);
  });

  it('is https for a loopback host with a certificate, which must be trusted', async () => {
    const at = await bench.registry({ tls: true });
    const error = await failure(clientOf(at, bench.context()).manifest('1.0'));
    expect(error.code).toBe('NETWORK');
    expect(error.hint).toContain('--insecure-registry');
    const insecure = bench.context({ insecureRegistries: [at.host] });
    expect((await clientOf(at, insecure).manifest('1.0')).digest).toBe(IMAGE.descriptor.digest);
  });

  it('is never plain http for any other host', async () => {
    const proxy = await startRegistry();
    onTestFinished(() => proxy.close());
    const env = { HTTP_PROXY: proxy.origin, HOME: '/nowhere' };
    const reference: Reference = { registry: 'host.invalid:5000', repository: 'team/app' };
    const plain = openRepository({ reference, context: bench.context({ env }) });
    expect((await failure(plain.manifest('1.0'))).code).toBe('NETWORK');
    expect(proxy.requests).toEqual([]);
  });

  it('is closed when offline', async () => {
    const at = await bench.registry();
    const error = await failure(clientOf(at, bench.context({ offline: true })).manifest('1.0'));
    expect(error.code).toBe('OFFLINE');
    expect(error.message).toContain(at.host);
    expect(at.requests).toEqual([]);
  });

  it("leads to Docker's own registry by its address", async () => {
    const reference: Reference = { registry: 'docker.io', repository: 'library/alpine' };
    const hub = openRepository({ reference, context: bench.context({ offline: true }) });
    expect((await failure(hub.manifest('latest'))).message).toContain(
      'https://registry-1.docker.io/v2/library/alpine/manifests/latest',
    );
  });

  it('is left when the caller aborts', async () => {
    const at = await bench.registry(always('/manifests/', { kind: 'hang' }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(clientOf(at, bench.context({ signal: stop.signal })).manifest('1.0')).rejects.toThrow(
      'enough',
    );
  });
});
