import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';

describe('WWW-Authenticate', () => {
  it.each([
    [
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"',
      [
        [
          'bearer',
          {
            realm: 'https://auth.example/token',
            service: 'registry.example',
            scope: 'repository:a/b:pull,push',
          },
        ],
      ],
    ],
    ['Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
    ['BASIC realm=plain', [['basic', { realm: 'plain' }]]],
    ['Bearer realm=https://auth.example/token', [['bearer', { realm: 'https://auth.example/token' }]]],
    ['Bearer realm = "spaced" , Service="x"', [['bearer', { realm: 'spaced', service: 'x' }]]],
    [
      'Negotiate, Basic realm="a, b", Bearer realm="c"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'a, b' }],
        ['bearer', { realm: 'c' }],
      ],
    ],
    ['Bearer realm="with \\"quotes\\" and \\\\"', [['bearer', { realm: 'with "quotes" and \\' }]]],
    ['Bearer realm="first",realm="second"', [['bearer', { realm: 'first' }]]],
    ['Bearer realm="never ends', [['bearer', { realm: 'never ends' }]]],
    ['Basic', [['basic', {}]]],
    ['', []],
    ['=,="', []],
  ])('%s', (header, expected) => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
    expect(found).toEqual(expected);
  });

  it('reads any text without failing, and a very long one not at all', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', ',', '=', '"', '\\', '__proto__') }),
        (text) => {
          for (const { scheme } of parseChallenges(text)) expect(scheme).not.toBe('');
        },
      ),
    );
    expect(parseChallenges(`Basic realm="${'x'.repeat(10_000)}"`)).toEqual([]);
    expect(parseChallenges(undefined)).toEqual([]);
  });
});
