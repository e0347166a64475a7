import { apk } from './apk/index.ts';
import type { Cataloger } from './cataloger.ts';
import { dpkg } from './dpkg/index.ts';
import { golang } from './golang/index.ts';
import { npm } from './npm/index.ts';
import { osRelease } from './os-release/index.ts';
import { python } from './python/index.ts';

/** THE LIST: every cataloger that a scan runs. A new one is a folder beside these and a line here. */
export const CATALOGERS: readonly Cataloger[] = [osRelease, dpkg, apk, npm, python, golang];
