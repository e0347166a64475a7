import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../kit/index.ts';
import { parseJson } from './json.ts';

const parse = (text: string | Uint8Array, max = 1_000_000): unknown =>
  parseJson(typeof text === 'string' ? Buffer.from(text) : text, 'here', max);

describe('parseJson', () => {
  it('reads every JSON document as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        expect(parse(spaced)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['white space', '  \n'],
    ['words', 'not json'],
    ['a cut object', '{"a": 1'],
    ['a cut string', '{"a": "b'],
    ['a cut escape', '{"a\\'],
    ['two documents', '{} {}'],
    ['a comment', '{/* x */}'],
    ['a byte order mark', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', where: 'here' }));
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => parse(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
  });

  it('refuses more bytes than told', () => {
    expect(parse('[1]', 3)).toEqual([1]);
    expect(() => parse('[12]', 3)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });

  it('bounds the depth before it parses', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parse(nested(LIMITS.jsonDepth))).not.toThrow();
    expect(() => parse(nested(LIMITS.jsonDepth + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
    expect(() => parse('{"a":'.repeat(500_000), 4_000_000)).toThrow('nested deeper');
  });

  it('does not count brackets inside strings', () => {
    expect(parse(JSON.stringify(['['.repeat(1000), '\\"{'.repeat(1000)]))).toHaveLength(2);
  });

  it.each([
    '{"a":1,"a":2}',
    '{"x":{"b":[{"c":1}],"b":2}}',
    '{"a":1,"\\u0061":2}',
    '[{"a":{}, "b":[], "a":null}]',
  ])('refuses a name twice in one object: %s', (text) => {
    expect(() => parse(text)).toThrow('twice in one object');
  });

  it('takes the same name in two objects, and as a value', () => {
    expect(parse('{"a":{"a":"a"},"b":["a","a",{"a":1}]}')).toBeTruthy();
  });

  it('keeps a member called __proto__ to itself', () => {
    expect(Object.getPrototypeOf(parse('{"__proto__":{"x":1}}'))).toBe(Object.prototype);
  });
});
