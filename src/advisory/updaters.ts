import { alpineSecdb } from './alpine-secdb/index.ts';
import { debianTracker } from './debian-tracker/index.ts';
import { endOfLife } from './end-of-life/index.ts';
import { epss } from './epss/index.ts';
import { kev } from './kev/index.ts';
import { osv } from './osv/index.ts';
import type { Updater } from './updater.ts';

/** THE LIST of feeds. */
export const UPDATERS: readonly Updater[] = [osv, debianTracker, alpineSecdb, kev, epss, endOfLife];
