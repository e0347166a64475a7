import { messageOf, PratiqueError } from '../../kit/index.ts';

/**
 * A disk that refuses, in SQLite's words or the file system's, as FILE_IO; every other error as it is. Source:
 * SQLite, "Result and Error Codes", sections on primary and extended codes.
 */
export function diskError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof PratiqueError) return error;
  const { errcode, syscall } = error as { errcode?: unknown; syscall?: unknown };
  const refused = typeof errcode === 'number' && REFUSED.has(errcode & 0xff);
  if (!refused && syscall !== 'copyfile') return error;
  return new PratiqueError('FILE_IO', `${path} cannot be written: ${messageOf(error)}`, {
    where: path,
    hint: 'check the permissions of its folder, and the space on its disk',
    cause: error,
  });
}

/** READONLY, IOERR, FULL, CANTOPEN. */
const REFUSED: ReadonlySet<number> = new Set([8, 10, 13, 14]);
