import { describe, expect, it } from 'vitest';
import {
  describe as descriptorOf,
  json,
  makeImage,
  makeIndex,
  makeLayer,
  sha256,
  type TestImage,
} from '../../test/kit/images.ts';
import { LIMITS } from '../kit/index.ts';
import { type Descriptor, MEDIA, parsePlatform } from '../model/index.ts';
import type { Image } from './image.ts';
import { type BlobStore, type RootDocument, resolveImage } from './resolve.ts';

const layers = [makeLayer([{ path: 'a', content: 'a' }], 'gzip'), makeLayer([{ path: 'b', content: 'b' }])];
const amd64 = makeImage(layers, { platform: { os: 'linux', architecture: 'amd64' } });
const arm64 = makeImage(layers, { platform: { os: 'linux', architecture: 'arm64' } });
const index = makeIndex([amd64, arm64]);

/** A store in memory; it serves whatever bytes it was given under a digest, true or not. */
function storeOf(
  blobs: Iterable<readonly [string, Uint8Array]>,
  complete = true,
): BlobStore & { asked: string[] } {
  const held = new Map(blobs);
  const asked: string[] = [];
  const get = async ({ digest }: Descriptor): Promise<Uint8Array> => {
    asked.push(digest);
    const bytes = held.get(digest);
    if (bytes === undefined) throw new Error(`nobody has ${digest}`);
    return bytes;
  };
  return {
    asked,
    complete,
    fetchManifest: get,
    fetchBlob: get,
    openBlob: async (descriptor) => [await get(descriptor)] as unknown as AsyncIterable<Uint8Array>,
    has: async ({ digest }) => held.has(digest),
    close: async () => undefined,
  };
}

function blobsOf(...images: TestImage[]): [string, Uint8Array][] {
  return images.flatMap((image) => [
    [image.descriptor.digest, image.manifest] as [string, Uint8Array],
    [image.configDescriptor.digest, image.config] as [string, Uint8Array],
    ...image.layers.map((layer) => [layer.digest, layer.blob] as [string, Uint8Array]),
  ]);
}

function open(store: BlobStore, root: RootDocument, platform?: string): Promise<Image> {
  const wanted = platform === undefined ? undefined : parsePlatform(platform);
  return resolveImage(store, root, { name: 'app', source: 'test', platform: wanted });
}

const rootOf = (image: TestImage): RootDocument => ({
  bytes: image.manifest,
  mediaType: image.descriptor.mediaType,
  digest: image.descriptor.digest,
});

describe('resolveImage', () => {
  it('opens a manifest without reading a layer', async () => {
    const store = storeOf(blobsOf(amd64));
    const image = await open(store, rootOf(amd64));
    expect(image).toMatchObject({
      name: 'app',
      source: 'test',
      digest: amd64.descriptor.digest,
      mediaType: MEDIA.ociManifest,
      platform: { os: 'linux', architecture: 'amd64' },
      config: { digest: amd64.configDescriptor.digest, cmd: ['sh'] },
      documents: { manifest: amd64.manifest, config: amd64.config },
    });
    expect(image.indexDigest).toBeUndefined();
    expect(image.layers.map(({ ref }) => ref)).toEqual(
      layers.map(({ digest, diffId }, at) => ({ index: at, digest, diffId })),
    );
    expect(store.asked).toEqual([amd64.configDescriptor.digest]);
  });

  it('chooses out of an index, and says which', async () => {
    const store = storeOf(blobsOf(amd64, arm64));
    const image = await open(store, { bytes: index.bytes }, 'linux/arm64');
    expect(image.digest).toBe(arm64.descriptor.digest);
    expect(image.indexDigest).toBe(index.descriptor.digest);
    expect(image.platform).toEqual({ os: 'linux', architecture: 'arm64' });
  });

  it('goes through nested indexes as deep as the limit, no deeper', async () => {
    const nest = (depth: number): { bytes: Buffer; blobs: [string, Uint8Array][] } => {
      let current = makeIndex([amd64]);
      const blobs: [string, Uint8Array][] = [];
      for (let at = 1; at < depth; at++) {
        blobs.push([current.descriptor.digest, current.bytes]);
        current = makeIndex([], [current.descriptor]);
      }
      return { bytes: current.bytes, blobs };
    };
    const deepest = nest(LIMITS.indexDepth);
    const found = await open(storeOf([...blobsOf(amd64), ...deepest.blobs]), deepest);
    expect(found.digest).toBe(amd64.descriptor.digest);
    const tooDeep = nest(LIMITS.indexDepth + 1);
    await expect(open(storeOf([...blobsOf(amd64), ...tooDeep.blobs]), tooDeep)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });

  it('reads an index that is listed twice only once', async () => {
    const inner = makeIndex([amd64]);
    const outer = makeIndex([], [inner.descriptor, inner.descriptor, inner.descriptor]);
    const store = storeOf([...blobsOf(amd64), [inner.descriptor.digest, inner.bytes]]);
    await open(store, outer);
    expect(store.asked.filter((digest) => digest === inner.descriptor.digest)).toHaveLength(1);
  });

  it('ends when indexes claim to hold each other', async () => {
    const claim = (letter: string): Descriptor => ({
      mediaType: MEDIA.ociIndex,
      digest: sha256(letter),
      size: json({
        schemaVersion: 2,
        manifests: [{ mediaType: MEDIA.ociIndex, digest: sha256(letter), size: 200 }],
      }).length,
    });
    const pointing = (letter: string): Buffer => json({ schemaVersion: 2, manifests: [claim(letter)] });
    const store = storeOf([
      [sha256('a'), pointing('b')],
      [sha256('b'), pointing('a')],
    ]);
    await expect(open(store, { bytes: pointing('a') })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('takes the platforms that a layout holds when others were left out', async () => {
    const image = await open(storeOf(blobsOf(arm64)), { bytes: index.bytes });
    expect(image.digest).toBe(arm64.descriptor.digest);
    await expect(open(storeOf(blobsOf(arm64)), { bytes: index.bytes }, 'linux/amd64')).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
      hint: expect.stringContaining('linux/arm64'),
    });
    await expect(open(storeOf([]), { bytes: index.bytes })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });

  it('takes a single image of any platform, but never another one than asked for', async () => {
    expect((await open(storeOf(blobsOf(arm64)), rootOf(arm64))).platform?.architecture).toBe('arm64');
    await expect(open(storeOf(blobsOf(arm64)), rootOf(arm64), 'linux/amd64')).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
      message: expect.stringContaining('linux/arm64'),
    });
  });

  it("does not believe the index's word on the platform", async () => {
    const lying = makeIndex([
      { ...amd64, descriptor: { ...amd64.descriptor, platform: { os: 'linux', architecture: 'arm64' } } },
    ]);
    await expect(open(storeOf(blobsOf(amd64)), lying, 'linux/arm64')).rejects.toMatchObject({
      code: 'PLATFORM_NOT_FOUND',
      message: expect.stringContaining('the index says linux/arm64'),
    });
  });
});

describe('an image that lies', () => {
  const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const layer = (mediaType: string, more = {}): unknown[] => [
    { mediaType, digest: layers[0]?.digest, size: layers[0]?.size, ...more },
  ];
  const one = layers.slice(0, 1);
  const none = { mediaType: MEDIA.ociLayer, digest: sha256('gone'), size: 4 };

  it.each<[string, TestImage, string, string]>([
    [
      'more layers than diff ids',
      makeImage(one, { config: { rootfs: { type: 'layers', diff_ids: [] } } }),
      'INPUT_INVALID',
      '1 layers and the config 0',
    ],
    [
      'fewer layers than diff ids',
      makeImage(one, { manifest: { layers: [] } }),
      'INPUT_INVALID',
      '0 layers and the config 1',
    ],
    [
      'a layer that is not there',
      makeImage(one, { manifest: { layers: [none] } }),
      'INPUT_INVALID',
      'is not there',
    ],
    [
      'encrypted layers',
      makeImage(one, { manifest: { layers: layer(`${MEDIA.ociLayer}+gzip+encrypted`) } }),
      'UNSUPPORTED',
      'encrypted',
    ],
    [
      'a foreign layer that is not there',
      makeImage(one, {
        manifest: { layers: [{ ...none, mediaType: foreign, urls: ['https://x.example/y'] }] },
      }),
      'UNSUPPORTED',
      'foreign',
    ],
    [
      'a cosign signature',
      makeImage(one, { manifest: { layers: layer('application/vnd.dev.cosign.simplesigning.v1+json') } }),
      'INPUT_UNRECOGNISED',
      'cosign',
    ],
    [
      'a build attestation',
      makeImage(one, { manifest: { layers: layer('application/vnd.in-toto+json') } }),
      'INPUT_UNRECOGNISED',
      'attestation',
    ],
    [
      'a type of layer nobody knows',
      makeImage(one, { manifest: { layers: layer('application/x-cpio') } }),
      'INPUT_UNRECOGNISED',
      'application/x-cpio',
    ],
  ])('is refused: %s', async (_, image, code, said) => {
    await expect(open(storeOf(blobsOf(image)), rootOf(image))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
  });

  it('is refused as a Helm chart', async () => {
    const image = makeImage(one, {
      manifest: {
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: sha256('{}'), size: 2 },
      },
    });
    await expect(open(storeOf([[sha256('{}'), Buffer.from('{}')]]), rootOf(image))).rejects.toMatchObject({
      code: 'INPUT_UNRECOGNISED',
      message: expect.stringContaining('Helm chart'),
    });
  });

  it('is opened with a foreign layer whose bytes are there', async () => {
    for (const complete of [true, false]) {
      const image = makeImage(one, {
        manifest: { layers: layer(foreign, { urls: ['https://x.example/y'] }) },
      });
      expect((await open(storeOf(blobsOf(image), complete), rootOf(image))).layers).toHaveLength(1);
    }
  });

  it.each<[string, RootDocument, [string, Uint8Array][], string]>([
    [
      'a manifest that is not its digest',
      { ...rootOf(amd64), digest: sha256('x') },
      blobsOf(amd64),
      'DIGEST_MISMATCH',
    ],
    [
      'a config that is not its digest',
      rootOf(amd64),
      [
        ...blobsOf(amd64),
        [amd64.configDescriptor.digest, Buffer.from(String(amd64.config).replace('sh', 'hs'))],
      ],
      'DIGEST_MISMATCH',
    ],
    [
      'a config of another size',
      rootOf(amd64),
      [...blobsOf(amd64), [amd64.configDescriptor.digest, Buffer.from('{}')]],
      'SIZE_MISMATCH',
    ],
    [
      'a manifest in the index that is not its digest',
      { bytes: index.bytes },
      [
        ...blobsOf(amd64, arm64),
        [amd64.descriptor.digest, Buffer.from(String(amd64.manifest).replace('2', '3'))],
      ],
      'DIGEST_MISMATCH',
    ],
  ])('is refused: %s', async (_, root, blobs, code) => {
    await expect(open(storeOf(blobs), root, 'linux/amd64')).rejects.toMatchObject({ code });
  });

  it('is refused before anything too large is fetched', async () => {
    const huge = makeImage(one, {
      manifest: { config: { ...amd64.configDescriptor, size: LIMITS.configBytes + 1 } },
    });
    const store = storeOf(blobsOf(huge));
    await expect(open(store, rootOf(huge))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const fat = makeIndex(
      [],
      [{ ...descriptorOf(huge.manifest, MEDIA.ociManifest), size: LIMITS.manifestBytes + 1 }],
    );
    await expect(open(store, fat)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(store.asked).toEqual([]);
  });
});
