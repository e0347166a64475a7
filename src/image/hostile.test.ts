import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json, makeImage, makeIndex, makeLayer } from '../../test/kit/images.ts';
import { PratiqueError } from '../kit/index.ts';
import { parseConfig } from './config.ts';
import { parseDocument } from './manifest.ts';
import { parseSavedImages } from './sources/archive/docker-save.ts';

const image = makeImage([makeLayer([{ path: 'a', content: 'a' }])], { annotations: { a: 'b' } });
const index = makeIndex([image]);
const saved = json([{ Config: 'c.json', RepoTags: ['a:b'], Layers: ['l/layer.tar'] }]);

/** A document with some of its parts replaced by anything. */
function damaged(bytes: Buffer): fc.Arbitrary<Buffer> {
  const value: unknown = JSON.parse(String(bytes));
  const paths = pathsOf(value, []);
  return fc
    .array(fc.tuple(fc.constantFrom(...paths), fc.jsonValue()), { minLength: 1, maxLength: 3 })
    .map((changes) => json(changes.reduce((now, [path, put]) => replaced(now, path, put), value)));
}

function pathsOf(value: unknown, at: readonly string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [[...at]];
  return [[...at], ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = { ...value };
  copy[key] = replaced(copy[key], rest, put);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

describe('a document from a stranger', () => {
  it.each<[string, Buffer, (bytes: Buffer) => unknown]>([
    ['manifest', image.manifest, (bytes) => parseDocument(bytes, undefined, 'here')],
    ['index', index.bytes, (bytes) => parseDocument(bytes, undefined, 'here')],
    ['config', image.config, (bytes) => parseConfig(bytes, 'here')],
    ['manifest.json', saved, (bytes) => parseSavedImages(bytes, 'here')],
  ])('is read, or refused in our own words: %s', (_, document, read) => {
    const anything = fc.oneof(
      damaged(document),
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.nat(document.length).map((length) => document.subarray(0, length)),
    );
    let refused = 0;
    let readable = 0;
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          read(bytes);
          readable++;
        } catch (error) {
          expect(error).toBeInstanceOf(PratiqueError);
          expect((error as PratiqueError).message.length).toBeLessThan(600);
          refused++;
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(0);
    expect(readable).toBeGreaterThan(0);
  });
});
