import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Cataloger } from '../../src/catalog/index.ts';
import type { Catalog } from '../../src/model/index.ts';

export interface DiskEntry {
  readonly path: string;
  readonly kind: 'folder' | 'symlink' | 'file' | 'other';
  readonly target?: string;
  readonly content?: string;
  /** All names of the file where it has several. */
  readonly links?: string;
}

/** What lies below a folder, sorted by path. */
export function diskTree(root: string): DiskEntry[] {
  const entries: (DiskEntry & { inode?: number })[] = [];
  const names = new Map<number, string[]>();
  const pending = readdirSync(root);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const place = join(root, path);
    const stat = lstatSync(place);
    if (stat.isDirectory()) {
      entries.push({ path, kind: 'folder' });
      pending.push(...readdirSync(place).map((name) => `${path}/${name}`));
    } else if (stat.isSymbolicLink()) entries.push({ path, kind: 'symlink', target: readlinkSync(place) });
    else if (stat.isFile()) {
      entries.push({ path, kind: 'file', content: readFileSync(place, 'utf8'), inode: stat.ino });
      names.set(stat.ino, [...(names.get(stat.ino) ?? []), path].sort());
    } else entries.push({ path, kind: 'other' });
  }
  return entries
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ inode, ...entry }) => {
      const links = inode === undefined ? [] : (names.get(inode) ?? []);
      return links.length > 1 ? { ...entry, links: links.join(' ') } : entry;
    });
}

const EXACT = ['a/x', 'a/os', 'b/os', 'c/os', 'd/os', 'b/c/os', 'os', 'a/k.l', 'd/pkg', 'c/d/pkg'];
const IN_FOLDERS = [
  ['a', '.l'],
  ['c', '.l'],
  ['d', 's'],
  ['a/b', '.l'],
  ['d/d', '.r'],
] as const;
const MAGIC = Buffer.from('MAGIC');

/** Catalogers that say where they were shown what; the one by magic must not tell names apart. */
export const FINDERS: readonly Cataloger[] = [
  finder('suffix', [{ suffix: '.r' }, { basename: 'pkg', inside: 'b' }, { basename: 'y', parent: 'd' }]),
  finder(
    'exact',
    EXACT.map((exact) => ({ exact })),
  ),
  finder(
    'folder',
    IN_FOLDERS.map(([folder, suffix]) => ({ folder, suffix })),
  ),
  finder('magic', [{ magic: [MAGIC] }]),
];

function finder(name: string, routes: Cataloger['routes']): Cataloger {
  return {
    name,
    version: 1,
    routes,
    catalog: (file, bytes, out) =>
      out.package({
        type: 'generic',
        name: `${name}:${name === 'magic' ? '' : file.path}:${bytes.toString('utf8')}`,
        version: '1',
      }),
  };
}

export function findsOf(catalog: Catalog): string[] {
  return catalog.packages.flatMap(({ name, locations }) => locations.map((at) => `${at} ${name}`)).sort();
}

/** What the finders must find in a tree on disk, by reading it as a program inside the root would. */
export function expectedFinds(disk: readonly DiskEntry[]): { finds: string[]; throughLinks: number } {
  const tree = new Map(disk.map((entry) => [entry.path, entry]));
  const finds = new Set<string>();
  let throughLinks = 0;
  const find = (finder: string, as: string, content: string): unknown =>
    finds.add(`${as} ${finder}:${finder === 'magic' ? '' : as}:${content}`);
  for (const { path, content } of disk) {
    if (content === undefined) continue;
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    if (
      name.endsWith('.r') ||
      (name === 'pkg' && parts.includes('b')) ||
      (name === 'y' && parts.at(-1) === 'd')
    )
      find('suffix', path, content);
    if (EXACT.includes(path)) find('exact', path, content);
    if (inFolderRoute(path)) find('folder', path, content);
    if (content.startsWith('MAGIC')) find('magic', path, content);
  }
  for (const path of EXACT) {
    const real = resolve(tree, path);
    const content = real === undefined ? undefined : tree.get(real)?.content;
    if (real === undefined || content === undefined || real === path || EXACT.includes(real)) continue;
    find('exact', path, content);
    throughLinks += 1;
  }
  for (const [folder, suffix] of IN_FOLDERS) {
    const real = resolve(tree, folder);
    if (real === undefined || real === folder) continue;
    for (const { path, content } of disk) {
      const slash = path.lastIndexOf('/');
      if (content === undefined || path.slice(0, Math.max(slash, 0)) !== real) continue;
      if (!path.endsWith(suffix) || inFolderRoute(path)) continue;
      find('folder', `${folder}/${path.slice(slash + 1)}`, content);
      throughLinks += 1;
    }
  }
  return { finds: [...finds].sort(), throughLinks };
}

function inFolderRoute(path: string): boolean {
  return IN_FOLDERS.some(
    ([folder, suffix]) =>
      path.slice(0, Math.max(path.lastIndexOf('/'), 0)) === folder && path.endsWith(suffix),
  );
}

/** The path without links, as the kernel would find it below the root; undefined when it finds nothing. */
function resolve(tree: ReadonlyMap<string, DiskEntry>, path: string): string | undefined {
  let at: string[] = [];
  const parts = path.split('/');
  for (let hops = 0; parts.length > 0; ) {
    const part = parts.shift() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      at.pop();
      continue;
    }
    const next = [...at, part];
    const entry = tree.get(next.join('/'));
    if (entry === undefined) return undefined;
    if (entry.kind !== 'symlink') {
      if (entry.kind !== 'folder' && parts.some((more) => more !== '' && more !== '.')) return undefined;
      at = next;
      continue;
    }
    hops += 1;
    if (hops > 40) return undefined;
    const target = entry.target ?? '';
    if (target.startsWith('/')) at = [];
    parts.unshift(...target.split('/'));
  }
  return at.join('/');
}
