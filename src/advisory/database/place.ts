import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where the database lies unless the user says otherwise: `$PRATIQUE_DB`, else `pratique/advisories.db` in
 * `$XDG_DATA_HOME` (`~/.local/share`), on Windows in `%LOCALAPPDATA%`. Source: XDG Base Directory Specification
 * 0.8, which has relative values ignored.
 */
export function defaultDatabasePath(env: Env, platform: NodeJS.Platform = process.platform): string {
  if (env.PRATIQUE_DB !== undefined && env.PRATIQUE_DB !== '') return env.PRATIQUE_DB;
  const base =
    localAppData(env, platform) ?? absolute(env.XDG_DATA_HOME) ?? join(home(env), '.local', 'share');
  return join(base, 'pratique', 'advisories.db');
}

/** Where downloaded feed files are kept for the next update: `pratique/feeds` in the folder for caches. */
export function defaultFeedsFolder(env: Env, platform: NodeJS.Platform = process.platform): string {
  const local = localAppData(env, platform);
  if (local !== undefined) return join(local, 'pratique', 'cache', 'feeds');
  return join(absolute(env.XDG_CACHE_HOME) ?? join(home(env), '.cache'), 'pratique', 'feeds');
}

function localAppData(env: Env, platform: NodeJS.Platform): string | undefined {
  return platform === 'win32' ? absolute(env.LOCALAPPDATA) : undefined;
}

function home(env: Env): string {
  return absolute(env.HOME) ?? absolute(env.USERPROFILE) ?? homedir();
}

function absolute(value: string | undefined): string | undefined {
  return value !== undefined && isAbsolute(value) ? value : undefined;
}
