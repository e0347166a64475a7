import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder of real advisory data and fixtures beside the checkout; a user's clone has none. */
export const SHARED = join(root, '..', 'shared');
export const hasShared = existsSync(join(SHARED, 'data', 'MANIFEST.md'));

export function sharedData(path: string): string {
  return join(SHARED, 'data', path);
}
