import { describe, expect, it } from 'vitest';
import { json, makeImage, makeIndex, makeLayer, sha256 } from '../../test/kit/images.ts';
import { LIMITS } from '../kit/index.ts';
import { MEDIA } from '../model/index.ts';
import { parseDocument, parseIndex, parseManifest } from './manifest.ts';

const layer = makeLayer([{ path: 'a', content: 'a' }], 'gzip');
const image = makeImage([layer], { annotations: { k: 'v' } });
const index = makeIndex([image]);
const valid = JSON.parse(String(image.manifest));
const validIndex = JSON.parse(String(index.bytes));

describe('parseDocument', () => {
  it('reads an OCI manifest', () => {
    expect(parseManifest(image.manifest, MEDIA.ociManifest, 'here')).toEqual({
      kind: 'manifest',
      mediaType: MEDIA.ociManifest,
      config: image.configDescriptor,
      layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }],
      annotations: { k: 'v' },
    });
  });

  it('reads an OCI index', () => {
    expect(parseIndex(index.bytes, MEDIA.ociIndex, 'here')).toMatchObject({
      kind: 'index',
      mediaType: MEDIA.ociIndex,
      manifests: [image.descriptor],
    });
  });

  it("reads Docker's forms", () => {
    const docker = makeImage([layer], { docker: true });
    expect(parseManifest(docker.manifest, MEDIA.dockerManifest, 'here').mediaType).toBe(MEDIA.dockerManifest);
    const list = json({ ...validIndex, mediaType: MEDIA.dockerIndex });
    expect(parseIndex(list, MEDIA.dockerIndex, 'here').manifests).toHaveLength(1);
  });

  it.each([undefined, 'application/json', 'application/octet-stream', 'text/plain; charset=utf-8'])(
    'goes by the document when the type says nothing: %s',
    (mediaType) => {
      expect(parseDocument(image.manifest, mediaType, 'here').kind).toBe('manifest');
      expect(parseDocument(index.bytes, mediaType, 'here').kind).toBe('index');
      expect(parseDocument(json({ ...valid, mediaType: undefined }), mediaType, 'here').kind).toBe(
        'manifest',
      );
    },
  );

  it('takes parameters and capitals in a type', () => {
    const type = `${MEDIA.ociManifest.toUpperCase()}; charset=utf-8`;
    expect(parseDocument(image.manifest, type, 'here').mediaType).toBe(MEDIA.ociManifest);
  });

  it.each([
    ['by what the registry says', MEDIA.dockerSchema1Signed, { schemaVersion: 1 }],
    ['by its own type', undefined, { schemaVersion: 1, mediaType: MEDIA.dockerSchema1 }],
    ['by its version', 'application/json', { schemaVersion: 1, fsLayers: [] }],
  ])('refuses schema 1, known %s', (_, mediaType, value) => {
    expect(() => parseDocument(json(value), mediaType, 'here')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', hint: expect.stringContaining('push it again') }),
    );
  });

  it.each<[string, string | undefined, unknown]>([
    ['no object', undefined, []],
    ['null', undefined, null],
    ['an empty object', undefined, {}],
    ['another version', undefined, { ...valid, schemaVersion: 3 }],
    ['neither layers nor manifests', undefined, { schemaVersion: 2 }],
    ['an index and an image at once', undefined, { ...valid, mediaType: undefined, manifests: [] }],
    ['an index under the name of a manifest', MEDIA.ociManifest, { ...validIndex, mediaType: undefined }],
    ['a manifest under the name of an index', MEDIA.ociIndex, { ...valid, mediaType: undefined }],
    ['a type of its own that differs', MEDIA.dockerManifest, valid],
    ['layers in capitals beside layers', undefined, { ...valid, Layers: [] }],
    ['no config', undefined, { ...valid, config: null }],
    ['layers that are no list', undefined, { ...valid, layers: {} }],
    ['a layer without digest', undefined, { ...valid, layers: [{ mediaType: 'x', size: 1 }] }],
    [
      'a digest that is none',
      undefined,
      { ...valid, layers: [{ mediaType: 'x', size: 1, digest: 'sha256:BAD' }] },
    ],
    [
      'an algorithm of no use',
      undefined,
      { ...valid, layers: [{ mediaType: 'x', size: 1, digest: 'md5:00' }] },
    ],
    [
      'a digest that leads elsewhere',
      undefined,
      { ...valid, layers: [{ mediaType: 'x', size: 1, digest: 'sha256:../../etc/passwd' }] },
    ],
    [
      'a negative size',
      undefined,
      { ...valid, layers: [{ mediaType: 'x', size: -1, digest: layer.digest }] },
    ],
    ['a broken size', undefined, { ...valid, layers: [{ mediaType: 'x', size: 1.5, digest: layer.digest }] }],
    ['a layer without type', undefined, { ...valid, layers: [{ size: 1, digest: layer.digest }] }],
    ['annotations that are no strings', undefined, { ...valid, annotations: { a: 1 } }],
  ])('refuses %s', (_, mediaType, value) => {
    expect(() => parseDocument(json(value), mediaType, 'here')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', where: 'here' }),
    );
  });

  it('says what it is when it is something else', () => {
    expect(() =>
      parseDocument(json({ schemaVersion: 2 }), 'application/vnd.oci.artifact.manifest.v1+json', 'x'),
    ).toThrow(
      expect.objectContaining({
        code: 'INPUT_UNRECOGNISED',
        message: expect.stringContaining('artifact.manifest'),
      }),
    );
  });

  it('does not mistake one for the other', () => {
    expect(() => parseManifest(index.bytes, undefined, 'here')).toThrow('index where a manifest');
    expect(() => parseIndex(image.manifest, undefined, 'here')).toThrow('manifest where an index');
  });

  it('bounds layers, entries and bytes', () => {
    const one = { mediaType: 'x', size: 1, digest: sha256('x') };
    const tooMany = { ...valid, layers: Array(LIMITS.layers + 1).fill(one) };
    const tooManyEntries = { ...validIndex, manifests: Array(LIMITS.indexEntries + 1).fill(one) };
    for (const value of [tooMany, tooManyEntries]) {
      expect(() => parseDocument(json(value), undefined, 'here')).toThrow(
        expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
      );
    }
    expect(() => parseDocument(Buffer.alloc(LIMITS.manifestBytes + 1, 0x20), undefined, 'here')).toThrow(
      'larger',
    );
  });
});
