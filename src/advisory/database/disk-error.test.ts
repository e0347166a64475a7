import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { PratiqueError } from '../../kit/index.ts';
import { diskError } from './disk-error.ts';

const NOWHERE = join(import.meta.dirname, 'no-such-folder', 'x');

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test('a folder in which nothing can be made is no fault of the program', async () => {
  const bySqlite = thrownBy(() => new DatabaseSync(NOWHERE));
  const byCopying = await copyFile(import.meta.filename, NOWHERE).catch((error: unknown) => error);
  for (const error of [bySqlite, byCopying]) {
    expect(diskError(error, 'a.db')).toMatchObject({
      code: 'FILE_IO',
      message: expect.stringMatching(/^a\.db cannot be written: /),
    });
  }
});

test('other errors stay what they are', () => {
  const faulty = thrownBy(() => new DatabaseSync(':memory:').exec('SELECT nothing'));
  expect(faulty).toBeInstanceOf(Error);
  for (const error of [faulty, new PratiqueError('NETWORK', 'x'), new TypeError('x'), 'x']) {
    expect(diskError(error, 'a.db')).toBe(error);
  }
});
