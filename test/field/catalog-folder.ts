import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGERS } from '../../src/catalog/catalogers.ts';
import { compileRoutes } from '../../src/catalog/router.ts';
import { type Collected, catalogFile } from '../kit/catalog.ts';

export interface Found extends Collected {
  /** The path inside the root. */
  readonly path: string;
  readonly cataloger: string;
}

/** Hands the files below `root/under` to the catalogers that want them; links are passed over. */
export function catalogFolder(root: string, under = ''): Found[] {
  const router = compileRoutes(CATALOGERS);
  const found: Found[] = [];
  for (const path of filesBelow(root, under)) {
    const wanted = [...router.byName(path)];
    const { size } = statSync(join(root, path));
    let bytes: Buffer | undefined;
    if (size >= router.magicMinBytes) {
      bytes = readFileSync(join(root, path));
      wanted.push(...router.byMagic(bytes.subarray(0, 16), size));
    }
    for (const index of wanted) {
      const cataloger = CATALOGERS[index];
      if (cataloger === undefined) continue;
      bytes ??= readFileSync(join(root, path));
      found.push({ path, cataloger: cataloger.name, ...catalogFile(cataloger, path, bytes) });
    }
  }
  return found;
}

function* filesBelow(root: string, under: string): Generator<string> {
  const folders = [under];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) yield path;
    }
  }
}
