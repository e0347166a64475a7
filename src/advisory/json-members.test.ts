import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonMembers } from './json-members.ts';

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function members(text: string, depth: number, size = 7, max?: number): Promise<[string, unknown][]> {
  const found: [string, unknown][] = [];
  for await (const { path, text: member } of jsonMembers(chunks(text, size), depth, max)) {
    found.push([path.join(' > '), JSON.parse(member)]);
  }
  return found;
}

test('yields the members of the members', async () => {
  const text = '{"a": {"x": {"n": [1, {"}": "{"}]}, "y": 2 }, "b": {}, "c": {"z": "q\\"u,}"}}';
  expect(await members(text, 2)).toEqual([
    ['a > x', { n: [1, { '}': '{' }] }],
    ['a > y', 2],
    ['c > z', 'q"u,}'],
  ]);
});

test.each([
  ['nothing', ''],
  ['cut off', '{"a": {"x": 1}'],
  ['cut off in a string', '{"a": {"x": "1'],
  ['a list', '[{"a": {}}]'],
  ['a scalar above', '{"a": 1}'],
  ['two documents', '{"a": {}} {"b": {}}'],
  ['brackets that do not match', '{"a": {"x": [1}}}'],
  ['a trailing comma', '{"a": {"x": 1},}'],
  ['a member without value', '{"a": {"x": }}'],
  ['a key that is a number', '{1: {"x": 2}}'],
  ['HTML', '<html></html>'],
  ['very deep', `{"a": {"x": ${'['.repeat(5_000)}${']'.repeat(5_000)}}}`],
])('refuses %s', async (_what, text) => {
  await expect(members(text, 2)).rejects.toMatchObject({ code: 'FEED_INVALID' });
});

test('a member may not be larger than the bound', async () => {
  const text = `{"a": {"x": "${'y'.repeat(200)}"}}`;
  await expect(members(text, 2, 16, 100)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await members(text, 2, 16, 300)).toHaveLength(1);
});

test('finds what JSON.parse finds, however the bytes are cut', async () => {
  const inner = fc.dictionary(fc.string(), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), inner),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(undefined, 1),
      async (document, size, space) => {
        const text = JSON.stringify(document, null, space);
        const plain: unknown = JSON.parse(text);
        const wanted = Object.entries(plain as Record<string, object>).flatMap(([outer, value]) =>
          Object.entries(value).map(([key, member]) => [`${outer} > ${key}`, member]),
        );
        expect(await members(text, 2, size)).toEqual(wanted);
      },
    ),
  );
});
