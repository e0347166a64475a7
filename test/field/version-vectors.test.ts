import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../src/version/index.ts';
import { hasShared, sharedData } from './shared.ts';

/** Vectors of peers, most of them made by the native tools. All must hold. */
const FILES: readonly (readonly [file: string, scheme: string])[] = [
  ['deb', 'deb'],
  ['apk', 'apk'],
  ['semver', 'semver'],
  ['pep440', 'pep440'],
  ['golang', 'golang'],
  ['golang-mod', 'golang'],
];

interface Vector {
  readonly a: string;
  readonly op: string;
  readonly b: string;
}

describe.skipIf(!hasShared)('peers’ version vectors', () => {
  test.each(FILES)('%s.tsv by the scheme %s', (file, scheme) => {
    const vectors = vectorsOf(file);
    const wrong = vectors.flatMap((vector) => {
      const got = answer(scheme, vector.a, vector.b);
      return got === vector.op ? [] : [`${vector.a} ${vector.op} ${vector.b}, got ${got}`];
    });
    process.stdout.write(`${file}.tsv: ${vectors.length - wrong.length} of ${vectors.length} vectors hold\n`);
    expect(vectors.length).toBeGreaterThan(8);
    expect(wrong).toEqual([]);
  });

  test('and each turned round', () => {
    const turned: Readonly<Record<string, string>> = { '<': '>', '>': '<', '=': '=' };
    const wrong = FILES.flatMap(([file, scheme]) =>
      vectorsOf(file)
        .filter(({ a, op, b }) => answer(scheme, b, a) !== turned[op])
        .map(({ a, op, b }) => `${scheme}: ${b} is not ${turned[op]} ${a}`),
    );
    expect(wrong).toEqual([]);
  });
});

function vectorsOf(file: string): Vector[] {
  const lines = readFileSync(sharedData(`versions/${file}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  return lines.map((line) => {
    const [, a = '', op = '', b = ''] = line.split('\t');
    return { a, op, b };
  });
}

function answer(scheme: string, a: string, b: string): string {
  const order = compareVersions(scheme, a, b);
  return order === undefined ? '?' : order < 0 ? '<' : order > 0 ? '>' : '=';
}
