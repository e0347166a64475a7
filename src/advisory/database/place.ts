import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where the database lies unless the user says otherwise: `$PRATIQUE_DB`, else `pratique/advisories.db` in
 * `$XDG_DATA_HOME` (`~/.local/share`), on Windows in `%LOCALAPPDATA%`. Source: XDG Base Directory Specification.
 */
export function defaultDatabasePath(env: Env): string {
  const named = set(env.PRATIQUE_DB);
  if (named !== undefined) return named;
  const windows = process.platform === 'win32' ? set(env.LOCALAPPDATA) : undefined;
  const base = set(env.XDG_DATA_HOME) ?? windows ?? join(home(env), '.local', 'share');
  return join(base, 'pratique', 'advisories.db');
}

/** Where downloaded feed files are kept for the next update: `pratique/feeds` in the folder for caches. */
export function defaultFeedsFolder(env: Env): string {
  const windows = process.platform === 'win32' ? set(env.LOCALAPPDATA) : undefined;
  const base = set(env.XDG_CACHE_HOME);
  if (base === undefined && windows !== undefined) return join(windows, 'pratique', 'cache', 'feeds');
  return join(base ?? join(home(env), '.cache'), 'pratique', 'feeds');
}

function home(env: Env): string {
  return set(env.HOME) ?? set(env.USERPROFILE) ?? homedir();
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
