import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { contentOf, textLines, wholeJson } from './feed-content.ts';

async function lines(bytes: Buffer): Promise<string[]> {
  const found: string[] = [];
  for await (const line of textLines(contentOf(bytes))) found.push(line);
  return found;
}

test.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text)],
])('lines of a %s file', async (_kind, pack) => {
  expect(await lines(pack('a\r\nb\n\nc'))).toEqual(['a', 'b', '', 'c']);
});

test('a gzip file that is cut off is no feed', async () => {
  const whole = gzipSync('x\n'.repeat(1_000));
  await expect(lines(whole.subarray(0, whole.length - 9))).rejects.toMatchObject({ code: 'FEED_INVALID' });
});

test('a line without end is refused', async () => {
  await expect(lines(gzipSync('x'.repeat(3_000_000)))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('JSON that is none is refused', async () => {
  expect(await wholeJson(contentOf(Buffer.from('{"a":1}')))).toEqual({ a: 1 });
  await expect(wholeJson(contentOf(Buffer.from('<html>')))).rejects.toMatchObject({ code: 'FEED_INVALID' });
});
