import { readFileSync } from 'node:fs';
import { contentOf } from '../../src/advisory/feed-content.ts';
import type { AdvisoryDatabase } from '../../src/advisory/index.ts';
import { UPDATERS } from '../../src/advisory/updaters.ts';
import type { AdvisoryEntry } from '../../src/model/index.ts';
import { databaseOf } from '../kit/database.ts';
import { sharedData } from './shared.ts';

/** A database in memory with what the real parser of one feed reads from files (id in the feed, path in the shared data). */
export async function feedDatabase(
  feed: string,
  files: readonly (readonly [id: string, path: string])[],
): Promise<AdvisoryDatabase> {
  const updater = UPDATERS.find((candidate) => candidate.name === feed);
  if (updater === undefined) throw new Error(`there is no feed ${feed}`);
  const entries: AdvisoryEntry[] = [];
  const covers: string[] = [];
  for (const [id, path] of files) {
    const file = updater.files.find((candidate) => candidate.id === id);
    if (file === undefined) throw new Error(`${feed} has no file ${id}`);
    for await (const item of updater.parse(file, contentOf(readFileSync(sharedData(path))))) {
      if (item.kind === 'advisory') entries.push(item.entry);
      if (item.kind === 'covers') covers.push(item.ecosystem);
    }
  }
  return databaseOf({ entries, covers });
}
