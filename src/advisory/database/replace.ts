import { open, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, PratiqueError } from '../../kit/index.ts';

/**
 * Puts a finished file in place: synced and renamed, so that whoever opens the path finds the old file or the new
 * one, whole. Throws FILE_IO.
 */
export async function replace(from: string, to: string): Promise<void> {
  try {
    const handle = await open(from, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(from, resolve(to));
  } catch (error) {
    throw new PratiqueError('FILE_IO', `${to} cannot be replaced: ${messageOf(error)}`, {
      where: to,
      hint: 'check the permissions; on Windows, end the programs that have it open',
      cause: error,
    });
  }
}
