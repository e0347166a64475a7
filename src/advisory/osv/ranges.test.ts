import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangesOf } from './ranges.ts';

const byNumber = (a: string, b: string): number | undefined =>
  /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : undefined;

/** `i1 f2 l3`: introduced 1, fixed 2, last affected 3. */
function events(text: string): object[] {
  const names: Record<string, string> = { i: 'introduced', f: 'fixed', l: 'last_affected', m: 'limit' };
  return text.split(' ').map((word) => ({ [names[word.charAt(0)] ?? '']: word.slice(1) }));
}

test.each<[string, string, object[]]>([
  ['from the first version', 'i0 f3', [{ fixed: '3' }]],
  ['never fixed', 'i0', [{}]],
  ['never fixed, from a version on', 'i2', [{ introduced: '2' }]],
  ['the last one that is affected', 'i1 l3', [{ introduced: '1', lastAffected: '3' }]],
  [
    'several stretches',
    'i0 f1 i2 f3 i4',
    [{ fixed: '1' }, { introduced: '2', fixed: '3' }, { introduced: '4' }],
  ],
  ['in any order', 'f3 i4 f1 i2 i0', [{ fixed: '1' }, { introduced: '2', fixed: '3' }, { introduced: '4' }]],
  ['pairs crossed', 'i0 f3 i2 f1', [{ fixed: '1' }, { introduced: '2', fixed: '3' }]],
  ['the first of two fixes ends it', 'i0 f2 f5', [{ fixed: '2' }]],
  ['introduced twice', 'i1 i2 f5', [{ introduced: '1', fixed: '5' }]],
  ['introduced where it is fixed: nothing', 'i2 f2', []],
  ['"introduced 0, fixed 0": nothing', 'i0 f0', []],
  ['one version only', 'i2 l2', [{ introduced: '2', lastAffected: '2' }]],
  ['fixed and introduced again at once', 'i0 f1 i1 f2', [{ fixed: '1' }, { introduced: '1', fixed: '2' }]],
  ['limits are for git', 'i1 f2 m9', [{ introduced: '1', fixed: '2' }]],
  [
    'versions without an order: as they stand',
    'ix fy iz',
    [{ introduced: 'x', fixed: 'y' }, { introduced: 'z' }],
  ],
  ['without an order, two fixes: the wider', 'i0 fx fy', [{ fixed: 'x' }, { fixed: 'y' }]],
])('%s', (_what, text, expected) => {
  expect(rangesOf(events(text), byNumber)).toEqual(expected);
});

test('semver’s lowest version is the first version', () => {
  expect(rangesOf([{ introduced: '0.0.0-0' }, { fixed: '1' }], byNumber)).toEqual([{ fixed: '1' }]);
});

test('two events in one object are two events', () => {
  expect(rangesOf([{ introduced: '0', fixed: '2' }], byNumber)).toEqual([{ fixed: '2' }]);
});

test('says of every version what the evaluation of the schema says', () => {
  const event = fc.record({
    kind: fc.constantFrom('introduced', 'fixed', 'last_affected'),
    version: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(event, { selector: ({ version }) => version }),
      fc.integer({ min: 1, max: 10 }),
      (list, version) => {
        const ranges = rangesOf(
          list.map(({ kind, version: at }) => ({ [kind]: String(at) })),
          byNumber,
        );
        const inside = ranges.some(
          ({ introduced = '0', fixed = '99', lastAffected = '99' }) =>
            version >= Number(introduced) && version < Number(fixed) && version <= Number(lastAffected),
        );
        expect(inside).toBe(evaluate(list, version));
      },
    ),
  );
});

/** Source: OSV schema, "Evaluation". */
function evaluate(list: readonly { kind: string; version: number }[], version: number): boolean {
  let vulnerable = false;
  for (const { kind, version: at } of [...list].sort((a, b) => a.version - b.version)) {
    if (kind === 'introduced' && version >= at) vulnerable = true;
    else if (kind === 'fixed' && version >= at) vulnerable = false;
    else if (kind === 'last_affected' && version > at) vulnerable = false;
  }
  return vulnerable;
}
