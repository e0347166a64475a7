import { describe, expect, test } from 'vitest';
import { compareVersionsCommand } from './compare-versions.ts';

async function run(words: readonly string[], chunks: readonly (string | Uint8Array)[] = []) {
  let output = '';
  async function* stdin(): AsyncIterable<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  const stdout = {
    write(text: string): void {
      output += text;
    },
  };
  const code = await compareVersionsCommand(words, { stdin: stdin(), stdout });
  return { output, code };
}

describe('compare-versions with two versions', () => {
  test.each([
    [['deb', '1.0~rc1', '1.0'], '<\n', 0],
    [['semver', '1.0.0', 'v1.0.0+build'], '=\n', 0],
    [['pypi', '1.0.post1', '1.0'], '>\n', 0],
    [['golang', '(devel)', 'v1.0.0'], '?\n', 3],
  ])('%j prints %j and exits with %d', async (words, output, code) => {
    expect(await run(words)).toEqual({ output, code });
  });
});

describe('compare-versions on standard input', () => {
  test('answers each line, whatever its end', async () => {
    expect(await run(['deb'], ['1\t2\r\n2\t1\n1\t1'])).toEqual({ output: '<\n>\n=\n', code: 0 });
  });

  test('prints ? for a line that is not two versions, and still answers the next', async () => {
    expect(await run(['deb'], ['1\n\n1\t2\t3\n1 2\n\t\n1\t2\n'])).toEqual({
      output: '?\n?\n?\n?\n?\n<\n',
      code: 3,
    });
  });

  test('prints nothing for no input', async () => {
    expect(await run(['deb'], [])).toEqual({ output: '', code: 0 });
  });

  test('reads lines across chunks, cut at any byte', async () => {
    const bytes = Buffer.from('1.0\t2.0\n1.é\t1.é\n');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { output } = await run(['semver'], [bytes.subarray(0, cut), bytes.subarray(cut)]);
      expect(output).toBe('<\n?\n');
    }
  });

  test('holds no more than a bounded part of a line without end', async () => {
    const chunks = Array.from({ length: 200 }, () => '1'.repeat(100_000));
    expect(await run(['deb'], [...chunks, '\t1\n', '1\t2\n'])).toEqual({ output: '?\n<\n', code: 3 });
  });
});

describe('compare-versions with wrong words', () => {
  test.each([[[]], [['rubbish']], [['deb', '1']], [['deb', '1', '2', '3']]])(
    '%j is a usage error',
    async (words) => {
      await expect(run(words)).rejects.toMatchObject({
        code: 'USAGE',
        hint: expect.stringMatching(/deb, apk, .*semver, pep440, golang/),
      });
    },
  );
});
