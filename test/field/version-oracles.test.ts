import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../src/version/index.ts';
import { countOf } from './counts.ts';
import { hasShared, sharedData } from './shared.ts';
import { neighbours, type Pair } from './version-neighbours.ts';

/** Answers `<`, `=`, `>` or `?` for each pair, in order, by the native tool. */
type Oracle = (pairs: readonly Pair[]) => string[];

/** dpkg itself, one process a pair: what it refuses is `?`, what it warns of it still compares. */
const dpkg: Oracle = (pairs) =>
  linesOf(
    'sh',
    [
      '-c',
      `tab=$(printf '\\t'); while IFS="$tab" read -r a b; do
        dpkg --compare-versions "$a" lt "$b" 2>/dev/null; case $? in 0) echo '<'; continue;; 2) echo '?'; continue;; esac
        dpkg --compare-versions "$a" eq "$b" 2>/dev/null && echo '=' || echo '>'
      done`,
    ],
    pairs,
  );

/** Python's packaging, as pip carries it along; with the legacy order where that one still has it. */
const packaging: Oracle = (pairs) =>
  linesOf(
    'python3',
    [
      '-c',
      `import sys, warnings
warnings.simplefilter("ignore")
from pip._vendor.packaging import version as v
read = v.parse if hasattr(v, "LegacyVersion") else v.Version
def one(text):
    try: return read(text)
    except v.InvalidVersion: return None
for line in sys.stdin.buffer.read().decode().splitlines():
    a, b = map(one, line.split("\\t"))
    print("?" if a is None or b is None else "<" if a < b else ">" if a > b else "=")`,
    ],
    pairs,
  );

describe.skipIf(!hasShared)('against the native tools, on generated neighbours of real versions', () => {
  test.skipIf(!has('dpkg'))('deb: dpkg --compare-versions', () => {
    const pairs = neighbours(seedsOf('deb'), DEB_PIECES, countOf('versionPairsDeb'), 20_260_101);
    expect(differences('deb', pairs, dpkg(pairs))).toEqual([]);
  });

  test.skipIf(!has('python3'))('pep440: packaging.version', () => {
    const pairs = neighbours(seedsOf('pep440'), PEP440_PIECES, countOf('versionPairsPep440'), 20_260_102);
    const answers = packaging(pairs);
    const answered = answers.filter((answer) => answer !== '?').length;
    expect(answered).toBeGreaterThan(pairs.length / 3);
    expect(differences('pep440', pairs, answers)).toEqual([]);
  });
});

const DEB_PIECES = [
  '~',
  '~~',
  '-',
  '+',
  '.',
  ':',
  '0',
  '00',
  '1',
  '9',
  '10',
  'a',
  'Z',
  '~rc1',
  '+b1',
  '+deb12u1',
  '-1',
  '1:',
  '_',
  '99999999999999999999',
];
const PEP440_PIECES = [
  ...[
    '.',
    '-',
    '_',
    '+',
    '!',
    '0',
    '00',
    '1',
    '9',
    '10',
    'a',
    'b',
    'c',
    'rc',
    'r',
    'x',
    'v',
    'dev',
    'post',
    'alpha',
    'PRE',
    'final',
  ],
  ...[
    '.dev0',
    '.post1',
    'a1',
    'rc2',
    '-1',
    '.0',
    '+local.1',
    '+1.a',
    '1!',
    '0!',
    '9007199254740993',
    '9007199254740992',
  ],
];

function seedsOf(file: string): string[] {
  const lines = readFileSync(sharedData(`versions/${file}.tsv`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  return [...new Set(lines.flatMap((line) => [line.split('\t')[1] ?? '', line.split('\t')[3] ?? '']))];
}

/** Newer releases of packaging refuse legacy versions (`?`), which still have an order here. */
function differences(scheme: string, pairs: readonly Pair[], answers: readonly string[]): string[] {
  expect(answers).toHaveLength(pairs.length);
  const counts: Record<string, number> = {};
  const wrong = pairs.flatMap(([a, b], i) => {
    const wanted = answers[i] ?? '';
    counts[wanted] = (counts[wanted] ?? 0) + 1;
    const order = compareVersions(scheme, a, b);
    const got = order === undefined ? '?' : order < 0 ? '<' : order > 0 ? '>' : '=';
    return got === wanted || (wanted === '?' && scheme === 'pep440')
      ? []
      : [`${a} ${wanted} ${b}, got ${got}`];
  });
  process.stdout.write(
    `${scheme}: ${pairs.length - wrong.length} of ${pairs.length} pairs agree ${JSON.stringify(counts)}\n`,
  );
  return wrong;
}

function linesOf(command: string, words: readonly string[], pairs: readonly Pair[]): string[] {
  const input = pairs.map((pair) => `${pair.join('\t')}\n`).join('');
  const run = spawnSync(command, words, {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (run.status !== 0) throw new Error(`${command} ended with ${run.status}: ${run.stderr}`);
  return run.stdout.trimEnd().split('\n');
}

function has(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}
