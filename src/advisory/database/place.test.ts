import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { defaultDatabasePath, defaultFeedsFolder } from './place.ts';

const HOME = resolve('/home/me');
const DATA = resolve('/data');

test.each<[string, Record<string, string>, NodeJS.Platform, string]>([
  ['the user’s word', { PRATIQUE_DB: 'x.db', HOME }, 'linux', 'x.db'],
  ['XDG_DATA_HOME', { XDG_DATA_HOME: DATA, HOME }, 'linux', join(DATA, 'pratique', 'advisories.db')],
  [
    'a relative XDG_DATA_HOME is ignored',
    { XDG_DATA_HOME: 'data', HOME },
    'linux',
    join(HOME, '.local', 'share', 'pratique', 'advisories.db'),
  ],
  [
    'the home folder',
    { HOME, PRATIQUE_DB: '' },
    'darwin',
    join(HOME, '.local', 'share', 'pratique', 'advisories.db'),
  ],
  ['Windows', { LOCALAPPDATA: DATA, XDG_DATA_HOME: HOME }, 'win32', join(DATA, 'pratique', 'advisories.db')],
])('the database: %s', (_what, env, platform, expected) => {
  expect(defaultDatabasePath(env, platform)).toBe(expected);
});

test.each<[string, Record<string, string>, NodeJS.Platform, string]>([
  ['XDG_CACHE_HOME', { XDG_CACHE_HOME: DATA, HOME }, 'linux', join(DATA, 'pratique', 'feeds')],
  ['the home folder', { HOME }, 'linux', join(HOME, '.cache', 'pratique', 'feeds')],
  ['Windows', { LOCALAPPDATA: DATA }, 'win32', join(DATA, 'pratique', 'cache', 'feeds')],
])('the feeds: %s', (_what, env, platform, expected) => {
  expect(defaultFeedsFolder(env, platform)).toBe(expected);
});
