import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  describe as descriptorOf,
  json,
  makeImage,
  makeIndex,
  makeLayer,
  sha256,
} from '../../../test/kit/images.ts';
import { type RegistryOptions, startRegistry, type TestRegistry } from '../../../test/kit/registry.ts';
import {
  always,
  bytesOf,
  failure,
  type RegistryBench,
  registryBench,
} from '../../../test/kit/registry-bench.ts';
import { LIMITS } from '../../kit/index.ts';
import { MEDIA } from '../../model/index.ts';
import type { Image, SourceContext } from '../image.ts';
import { remoteSource } from './remote.ts';

let bench: RegistryBench;
beforeEach(() => {
  bench = registryBench();
});
afterEach(() => bench.close());

const LAYERS = [
  makeLayer([{ path: 'etc/os-release', content: 'ID=x\n' }], 'gzip'),
  makeLayer([{ path: 'b' }], 'zstd'),
];
const AMD = makeImage(LAYERS, { annotations: { a: 'b' } });
const ARM = makeImage(LAYERS.slice(0, 1), { platform: { os: 'linux', architecture: 'arm64' } });

async function open(name: string, more: Partial<SourceContext> = {}, prefix?: string): Promise<Image> {
  const image = await remoteSource.open(name, { ...bench.context(), ...more } as SourceContext, prefix);
  if ('missed' in image) throw new Error(image.missed);
  return image;
}

async function registry(options?: RegistryOptions): Promise<TestRegistry> {
  const at = await bench.registry(options);
  at.push('team/app', 'multi', makeIndex([AMD, ARM]));
  at.push('team/app', 'amd', AMD);
  return at;
}

describe('an image in a registry', () => {
  it('is opened by tag, and its layers only when asked for', async () => {
    const at = await registry();
    const image = await open(`${at.host}/team/app:amd`);
    expect(image).toMatchObject({
      name: `${at.host}/team/app:amd`,
      source: 'registry',
      digest: AMD.descriptor.digest,
      mediaType: MEDIA.ociManifest,
      platform: { os: 'linux', architecture: 'amd64' },
      annotations: { a: 'b' },
    });
    expect(image.indexDigest).toBeUndefined();
    const asked = (): number => at.requests.filter(({ url }) => url.includes(LAYERS[0]?.digest ?? '')).length;
    expect(asked()).toBe(0);
    for (const [index, layer] of image.layers.entries()) {
      if (layer.kind !== 'blob') throw new Error('not a blob');
      expect(layer.ref).toEqual({ index, digest: LAYERS[index]?.digest, diffId: LAYERS[index]?.diffId });
      expect(await bytesOf(await layer.open())).toEqual(LAYERS[index]?.blob);
    }
    expect(asked()).toBe(1);
    await image.close();
  });

  it('is opened by digest, and a tag beside it is not looked at', async () => {
    const at = await registry();
    for (const tag of ['', ':no-such-tag']) {
      expect((await open(`${at.host}/team/app${tag}@${AMD.descriptor.digest}`)).digest).toBe(
        AMD.descriptor.digest,
      );
    }
  });

  it('is chosen by platform from an index', async () => {
    const at = await registry();
    const platform = { os: 'linux', architecture: 'arm64' };
    const image = await open(`${at.host}/team/app:multi`, { platform });
    expect(image.digest).toBe(ARM.descriptor.digest);
    expect(image.indexDigest).toBe(makeIndex([AMD, ARM]).descriptor.digest);
    const missing = { platform: { os: 'linux', architecture: 's390x' } };
    const error = await failure(open(`${at.host}/team/app:multi`, missing));
    expect(error.code).toBe('PLATFORM_NOT_FOUND');
    expect(error.hint).toContain('linux/arm64');
  });

  it.each(['registry:', 'docker://'])('may be named with %s', async (prefix) => {
    const at = await registry();
    expect(remoteSource.prefixes).toContain(prefix);
    expect((await open(`${at.host}/team/app:amd`, {}, prefix)).digest).toBe(AMD.descriptor.digest);
    expect((await failure(open('Not A Name', {}, prefix))).code).toBe('USAGE');
  });

  it('is not what has no image name', async () => {
    const context = bench.context() as SourceContext;
    for (const name of ['./folder', '/etc', 'Upper/Case', 'a b', 'x.tar.gz:']) {
      expect(await remoteSource.open(name, context)).toHaveProperty('missed');
    }
  });

  it('comes with the same token for all images that are opened in one context', async () => {
    const at = await registry({ auth: { kind: 'token' } });
    const context = bench.context() as SourceContext;
    for (const tag of ['amd', 'multi', '1.0']) await remoteSource.open(`${at.host}/team/app:${tag}`, context);
    expect(at.requests.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1);
  });

  it('is fetched from storage elsewhere without credentials', async () => {
    const storage = await startRegistry({
      fault: ({ url }) => {
        const parts = [AMD.config, ...LAYERS.map(({ blob }) => blob)];
        const body = parts.find((bytes) => url.includes(sha256(bytes)));
        return { kind: 'answer', status: body === undefined ? 404 : 200, body: body ?? '' };
      },
    });
    onTestFinished(() => storage.close());
    const at = await registry({ auth: { kind: 'token' }, redirectBlobsTo: storage.origin });
    const image = await open(`${at.host}/team/app:amd`);
    for (const layer of image.layers) if (layer.kind === 'blob') await bytesOf(await layer.open());
    expect(storage.requests).toHaveLength(3);
    for (const { headers } of storage.requests) expect(headers.authorization).toBeUndefined();
  });
});

describe('what is wrong with an image', () => {
  it('no such tag is REGISTRY_NOT_FOUND', async () => {
    const at = await registry();
    expect((await failure(open(`${at.host}/team/app:none`))).code).toBe('REGISTRY_NOT_FOUND');
  });

  it.each([
    ['a config with other bytes', AMD.configDescriptor.digest, '{"other": true}', 'SIZE_MISMATCH'],
    [
      'a config of the same size',
      AMD.configDescriptor.digest,
      Buffer.alloc(AMD.config.length, 32),
      'DIGEST_MISMATCH',
    ],
  ])('%s', async (_, digest, body, code) => {
    const at = await registry(always(digest, { kind: 'answer', status: 200, body }));
    expect((await failure(open(`${at.host}/team/app:amd`))).code).toBe(code);
  });

  it('an index that holds itself or another in a circle is read once each', async () => {
    const at = await registry();
    const digest = sha256('circle');
    const circle = json({
      schemaVersion: 2,
      mediaType: MEDIA.ociIndex,
      manifests: [{ mediaType: MEDIA.ociIndex, digest, size: 10 }],
    });
    at.putManifest('team/app', 'circle', circle, MEDIA.ociIndex);
    at.putManifest('team/app', digest, circle, MEDIA.ociIndex);
    expect((await failure(open(`${at.host}/team/app:circle`))).code).toBe('DIGEST_MISMATCH');
  });

  it('indexes nested too deep are LIMIT_EXCEEDED', async () => {
    const at = await registry();
    let inner = descriptorOf(AMD.manifest, MEDIA.ociManifest);
    for (let depth = 0; depth <= LIMITS.indexDepth; depth++) {
      const index = json({ schemaVersion: 2, mediaType: MEDIA.ociIndex, manifests: [inner] });
      at.putManifest('team/app', 'deep', index, MEDIA.ociIndex);
      inner = descriptorOf(index, MEDIA.ociIndex);
    }
    expect((await failure(open(`${at.host}/team/app:deep`))).code).toBe('LIMIT_EXCEEDED');
  });

  it.each([
    ['deep JSON', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['JSON of more than 4 MiB', `{"a":"${'x'.repeat(LIMITS.manifestBytes)}"}`],
  ])('%s is LIMIT_EXCEEDED', async (_, text) => {
    const at = await registry();
    at.putManifest('team/app', 'bad', Buffer.from(text), MEDIA.ociManifest);
    expect((await failure(open(`${at.host}/team/app:bad`))).code).toBe('LIMIT_EXCEEDED');
  });

  it('schema 1 is UNSUPPORTED, however it is called', async () => {
    const at = await registry();
    const old = json({ schemaVersion: 1, name: 'team/app', tag: 'old', fsLayers: [] });
    for (const type of [MEDIA.dockerSchema1, MEDIA.dockerSchema1Signed, 'application/json']) {
      at.putManifest('team/app', 'old', old, type);
      expect((await failure(open(`${at.host}/team/app:old`))).code).toBe('UNSUPPORTED');
    }
  });

  it('a foreign layer that the registry does not have is UNSUPPORTED', async () => {
    const at = await registry();
    const [layer] = LAYERS;
    const type = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const urls = [`${at.origin}/elsewhere`];
    const foreign = [{ mediaType: type, digest: sha256('elsewhere'), size: layer?.size, urls }];
    const image = makeImage(LAYERS.slice(0, 1), { manifest: { layers: foreign } });
    at.push('team/app', 'windows', image);
    expect((await failure(open(`${at.host}/team/app:windows`))).code).toBe('UNSUPPORTED');
    expect(at.requests.filter(({ url }) => url.includes('/elsewhere'))).toEqual([]);
  });
});
