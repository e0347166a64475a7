import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, PratiqueError, systemCode } from '../../../kit/index.ts';

/** A file for the time being. */
export interface Spool {
  /** For reading at will what was written. */
  readonly handle: FileHandle;
  /** Adds to the end. Throws FILE_IO. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes and removes it. */
  close(): Promise<void>;
}

/**
 * Opens a file in a new folder under `parent`; both are their owner's only. Where the system keeps an open file
 * whose name is gone, folder and name are removed at once, so that nothing stays behind when the process is killed.
 * Throws FILE_IO.
 */
export async function openSpool(parent: string): Promise<Spool> {
  const folder = await attempt(parent, () => mkdtemp(join(parent, 'pratique-')));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const handle = await attempt(folder, () => open(join(folder, 'archive.tar'), 'wx+', 0o600));
    if (process.platform !== 'win32') await remove();
    return {
      handle,
      write: (bytes) => attempt(parent, () => handle.appendFile(bytes)),
      close: async () => {
        await handle.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function attempt<Result>(where: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const hint = systemCode(error) === 'ENOSPC' ? 'let TMPDIR name a folder on a larger disk' : undefined;
    throw new PratiqueError('FILE_IO', messageOf(error), { where, hint, cause: error });
  }
}
