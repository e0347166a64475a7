import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../src/version/index.ts';
import { hasShared, sharedData } from './shared.ts';

/** Vectors of peers, most of them made by the native tools. All must hold, but for `NOT_OURS`. */
const FILES: readonly (readonly [file: string, scheme: string])[] = [
  ['deb', 'deb'],
  ['apk', 'apk'],
  ['semver', 'semver'],
  ['pep440', 'pep440'],
  ['golang', 'golang'],
  ['golang-mod', 'golang'],
  ['rpm', 'rpm'],
  ['rpmvercmp', 'rpm'],
  ['maven', 'maven'],
  ['gem', 'gem'],
  ['nuget', 'nuget'],
  ['composer', 'composer'],
];

/** Vectors in which a peer leaves the native tool's order, and why. */
const NOT_OURS: Readonly<Record<string, readonly string[]>> = {
  // A missing epoch is taken for any epoch; rpm takes it for 0, and so do other vectors (`13 < 14:2`).
  rpm: ['1:0 < 1', '2:4.19.01-1.el7_5 = 4.19.1-1.el7_5', '4.19.0-1.el7_5 > 12:4.19.0-1.el7'],
  // The Java release in the name of a driver's version is left out; Maven compares it.
  maven: ['12.10.2 = 12.10.2.jre11', '12.10.2.jdk17 = 12.10.2', '12.10.2.jre11 = 12.10.2.jdk17'],
  // PHP's version_compare on the raw text; Composer fills the numbers up and lowers the case before.
  composer: [
    'v1.9.0-ALPHA.1 = v1.9.0-BETA.1',
    'v1.9.0-ALPHA.2 = v1.9.0-BETA.2',
    'v3.4 < v3.4.0-alpha',
    'v4-beta4 < v4.0-alpha',
    'v6.5 < v6.5.0-beta-0',
  ],
};

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
    expect(wrong.map((text) => text.split(', got')[0])).toEqual(NOT_OURS[file] ?? []);
  });

  test('and each turned round', () => {
    const turned: Readonly<Record<string, string>> = { '<': '>', '>': '<', '=': '=' };
    const wrong = FILES.flatMap(([file, scheme]) =>
      vectorsOf(file)
        .filter(({ a, op, b }) => !NOT_OURS[file]?.includes(`${a} ${op} ${b}`))
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
