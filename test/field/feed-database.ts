import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseFile, loadBuilder, openDatabase } from '../../src/advisory/index.ts';
import { silentLog, systemClock } from '../../src/kit/index.ts';
import { SHARED } from './shared.ts';

export interface FeedDatabase {
  readonly database: DatabaseFile;
  /** Closes the database and deletes it. */
  dispose(): void;
}

/** A real database, built from the shared data by the named feeds only. */
export async function feedDatabase(...feeds: readonly string[]): Promise<FeedDatabase> {
  const { buildDatabase, UPDATERS } = await loadBuilder();
  const folder = mkdtempSync(join(tmpdir(), 'pratique-feeds-'));
  const path = join(folder, 'advisories.db');
  await buildDatabase({
    path,
    from: join(SHARED, 'data'),
    feedsFolder: join(folder, 'feeds'),
    updaters: UPDATERS.filter(({ name }) => feeds.includes(name)),
    offline: true,
    env: {},
    log: silentLog,
    clock: systemClock,
  });
  const database = openDatabase(path);
  const dispose = (): void => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { database, dispose };
}
