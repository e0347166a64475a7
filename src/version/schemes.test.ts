import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SCHEMES, schemeOf } from './schemes.ts';

test('every name and alias is found, and belongs to one scheme only', () => {
  const names = SCHEMES.flatMap((scheme) => [scheme.name, ...(scheme.aliases ?? [])]);
  expect(new Set(names).size).toBe(names.length);
  for (const scheme of SCHEMES) {
    for (const name of [scheme.name, ...(scheme.aliases ?? [])]) expect(schemeOf(name)).toBe(scheme);
  }
  expect(schemeOf('DEB')).toBe(schemeOf('deb'));
  expect(schemeOf('rubbish')).toBeUndefined();
  expect(schemeOf('__proto__')).toBeUndefined();
});

/** Pieces that mean something in some scheme, so that most strings of them parse somewhere and are near to others. */
const PIECES = [
  ...['0', '00', '1', '01', '2', '9', '10', '9007199254740992', '9007199254740993'],
  ...['.', '.', '.', '-', '-', '_', '+', '~', '^', ':', '!'],
  ...[
    'a',
    'b',
    'z',
    'A',
    'p',
    'r',
    'rc',
    'rc1',
    'alpha',
    'beta',
    'dev',
    'post',
    'pre',
    'final',
    'ga',
    'sp',
    'snapshot',
  ],
  ...[
    '-r1',
    '_p1',
    '_alpha2',
    '.dev1',
    '.post1',
    'v',
    'go',
    '+deb12u1',
    '~bpo12+1',
    '+incompatible',
    '#',
    'é',
  ],
];
const version = fc
  .tuple(
    fc.constantFrom('', '1', '1.', '1.0', 'v1.0.0-', 'go1.2', '1:'),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }),
  )
  .map(([head, rest]) => head + rest.join(''));
const anything = fc.oneof({ weight: 9, arbitrary: version }, { weight: 1, arbitrary: fc.string() });

describe.each(SCHEMES.map((scheme) => [scheme.name, scheme] as const))('%s is a total order', (_, scheme) => {
  const parse = (text: string): unknown => scheme.parse(text) ?? scheme.parseLoose?.(text);
  const parsed = anything
    .map((text) => ({ text, value: parse(text) }))
    .filter(({ value }) => value !== undefined);
  const runs = { numRuns: 2_000 };

  test('a version equals itself, and itself parsed again', () => {
    fc.assert(
      fc.property(
        parsed,
        ({ text, value }) => scheme.compare(value, value) === 0 && scheme.compare(value, parse(text)) === 0,
      ),
      runs,
    );
  });

  test('turning the pair round turns the answer round', () => {
    fc.assert(
      fc.property(
        parsed,
        parsed,
        (a, b) => scheme.compare(a.value, b.value) === 0 - scheme.compare(b.value, a.value),
      ),
      runs,
    );
  });

  // Maven's published rules run in circles (1.z < 1-beta < 1 < 1.z), so there is nothing to hold for it.
  const total = scheme.name === 'maven' ? [] : [scheme];
  test.for(total)('what is before the one before is before', () => {
    fc.assert(
      fc.property(parsed, parsed, parsed, (a, b, c) => {
        const [x, y, z] = [a.value, b.value, c.value].sort((left, right) => scheme.compare(left, right));
        return (
          scheme.compare(x, y) <= 0 &&
          scheme.compare(y, z) <= 0 &&
          scheme.compare(x, z) <= 0 &&
          agree(x, y, z)
        );
      }),
      { numRuns: 5_000 },
    );
  });

  /** Equals are interchangeable. */
  function agree(x: unknown, y: unknown, z: unknown): boolean {
    if (scheme.compare(x, y) === 0) return scheme.compare(x, z) === scheme.compare(y, z);
    return scheme.compare(y, z) !== 0 || scheme.compare(x, z) === scheme.compare(x, y);
  }

  test('any text is parsed or refused, never an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (text) => {
        parse(text);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['1', '1.', '.', '-', '1-', 'a', '_p', '~', '0', '+a.', '1a'])(
    'a long row of %j takes no time',
    (piece) => {
      const text = `1${piece.repeat(2_000)}`.slice(0, 2_040);
      const started = performance.now();
      for (const end of ['', '!', ' ', '.1']) {
        const value = parse(text + end);
        if (value !== undefined) scheme.compare(value, parse(`${text}${end}`));
      }
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});
