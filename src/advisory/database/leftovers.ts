import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Longer than any build takes from its first to its last write of a file. */
const ABANDONED_AFTER_MS = 6 * 3_600_000;

/**
 * Removes the files of builds that were killed: those with a name of theirs that nobody has written to for hours. A
 * folder that is not there or not ours to write in is left as it is.
 */
export async function removeLeftovers(folder: string, name: RegExp): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const path of names.filter((one) => name.test(one)).map((one) => join(folder, one))) {
    const written = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (written === undefined || Date.now() - written < ABANDONED_AFTER_MS) continue;
    await rm(path, { force: true }).catch(() => undefined);
  }
}
