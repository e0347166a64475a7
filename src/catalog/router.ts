import { createHash } from 'node:crypto';
import type { Cataloger, Route } from './cataloger.ts';

/** Which catalogers want which file, by index into the list that it was compiled from; indexes ascend. */
export interface Router {
  readonly catalogers: readonly Cataloger[];
  /** Names, versions and routes of the catalogers in one short word: part of the key of every cached record. */
  readonly fingerprint: string;
  /** Those that want a file of this path, whatever is in it. */
  byName(path: string): readonly number[];
  /** Those that want a file that begins so; `head` holds at least `headBytes` bytes or the whole file. */
  byMagic(head: Uint8Array, size: number): readonly number[];
  /** Files smaller than this need no look at their first bytes; Infinity where no route has magic. */
  readonly magicMinBytes: number;
  readonly exact: readonly PlacedRoute[];
  readonly folders: readonly FolderRoute[];
  /**
   * Whether a file that nobody wants under this path could be what an exact or folder route means, once links are
   * resolved: it has the route's last name. Such files are remembered, so that they can be found without a second
   * look at all paths.
   */
  echoes(path: string): boolean;
  echoesFolder(path: string): boolean;
}

/** An exact route: the only file of its kind, found behind symbolic links too. */
export interface PlacedRoute {
  readonly cataloger: number;
  readonly path: string;
}

export interface FolderRoute extends PlacedRoute {
  readonly suffix: string;
}

/** Longest magic that a route may have. */
export const MAGIC_BYTES = 16;

interface Rule {
  readonly cataloger: number;
  fits(path: string, slash: number): boolean;
}

const NONE: readonly number[] = [];

/** Turns the routes of all catalogers into tables, so that a path costs a few look-ups, not a test per route. */
export function compileRoutes(catalogers: readonly Cataloger[]): Router {
  const tables = emptyTables();
  for (const [index, cataloger] of catalogers.entries())
    for (const route of cataloger.routes) addRoute(tables, index, route);
  const echo = echoTables(tables);
  return {
    catalogers,
    fingerprint: fingerprintOf(catalogers),
    byName: (path) => lookUp(tables, path),
    byMagic: (head, size) => magicOf(tables.magic, head, size),
    magicMinBytes: Math.min(Number.POSITIVE_INFINITY, ...tables.magic.map((rule) => rule.minBytes)),
    exact: tables.exact,
    folders: tables.folders,
    echoes: (path) => {
      const slash = path.lastIndexOf('/');
      if (echo.names.has(path.slice(slash + 1))) return true;
      const suffixes = slash > 0 ? echo.folders.get(lastName(path.slice(0, slash))) : undefined;
      return suffixes?.some((suffix) => path.endsWith(suffix)) ?? false;
    },
    echoesFolder: (path) => echo.folders.has(lastName(path)),
  };
}

interface MagicRule {
  readonly cataloger: number;
  readonly magic: readonly Uint8Array[];
  readonly minBytes: number;
}

interface Tables {
  readonly names: Map<string, Rule[]>;
  /** By what stands after the last dot of the suffix, dot included. */
  readonly extensions: Map<string, Rule[]>;
  /** Suffixes without a dot. */
  readonly endings: Rule[];
  readonly inFolder: Map<string, Rule[]>;
  readonly magic: MagicRule[];
  readonly exact: PlacedRoute[];
  readonly folders: FolderRoute[];
}

function emptyTables(): Tables {
  return {
    names: new Map(),
    extensions: new Map(),
    endings: [],
    inFolder: new Map(),
    magic: [],
    exact: [],
    folders: [],
  };
}

function addRoute(tables: Tables, cataloger: number, route: Route): void {
  if ('exact' in route) {
    const path = route.exact;
    tables.exact.push({ cataloger, path });
    push(tables.names, lastName(path), { cataloger, fits: (candidate) => candidate === path });
  } else if ('folder' in route) {
    const suffix = route.suffix ?? '';
    tables.folders.push({ cataloger, path: route.folder, suffix });
    push(tables.inFolder, route.folder, { cataloger, fits: (path) => path.endsWith(suffix) });
  } else if ('basename' in route) {
    const { parent, inside } = route;
    const fits = (path: string, slash: number): boolean =>
      parentFits(path, slash, parent) &&
      (inside === undefined || `/${path.slice(0, slash + 1)}`.includes(`/${inside}/`));
    push(tables.names, route.basename, { cataloger, fits });
  } else if ('suffix' in route) {
    const { suffix, parent } = route;
    const rule: Rule = {
      cataloger,
      fits: (path, slash) =>
        path.length - slash - 1 >= suffix.length && path.endsWith(suffix) && parentFits(path, slash, parent),
    };
    const dot = suffix.lastIndexOf('.');
    if (dot === -1) tables.endings.push(rule);
    else push(tables.extensions, suffix.slice(dot), rule);
  } else {
    if (route.magic.some((bytes) => bytes.length === 0 || bytes.length > MAGIC_BYTES))
      throw new TypeError(`a magic has 1 to ${MAGIC_BYTES} bytes`);
    const longest = Math.max(...route.magic.map((bytes) => bytes.length));
    tables.magic.push({ cataloger, magic: route.magic, minBytes: Math.max(route.minBytes ?? 0, longest) });
  }
}

function parentFits(path: string, slash: number, parent: string | undefined): boolean {
  if (parent === undefined) return true;
  const start = path.lastIndexOf('/', slash - 1) + 1;
  return slash - start >= parent.length && path.endsWith(parent, slash);
}

function lookUp(tables: Tables, path: string): readonly number[] {
  const slash = path.lastIndexOf('/');
  const base = path.slice(slash + 1);
  let found: number[] | undefined;
  const take = (rules: readonly Rule[] | undefined): void => {
    if (rules === undefined) return;
    for (const rule of rules) {
      if (!rule.fits(path, slash)) continue;
      found ??= [];
      found.push(rule.cataloger);
    }
  };
  take(tables.names.get(base));
  const dot = base.lastIndexOf('.');
  if (dot !== -1) take(tables.extensions.get(base.slice(dot)));
  if (tables.endings.length > 0) take(tables.endings);
  if (tables.inFolder.size > 0) take(tables.inFolder.get(slash === -1 ? '' : path.slice(0, slash)));
  return found === undefined ? NONE : ascending(found);
}

function magicOf(rules: readonly MagicRule[], head: Uint8Array, size: number): readonly number[] {
  const found = rules.filter(
    ({ magic, minBytes }) => size >= minBytes && magic.some((bytes) => beginsWith(head, bytes)),
  );
  return found.length === 0 ? NONE : ascending(found.map(({ cataloger }) => cataloger));
}

function beginsWith(head: Uint8Array, bytes: Uint8Array): boolean {
  return head.length >= bytes.length && bytes.every((byte, index) => head[index] === byte);
}

function ascending(indexes: readonly number[]): readonly number[] {
  return indexes.length === 1 ? indexes : [...new Set(indexes)].sort((a, b) => a - b);
}

/** The last names of exact routes, and of folder routes with the suffixes asked for there. */
function echoTables(tables: Tables): { names: Set<string>; folders: Map<string, string[]> } {
  const folders = new Map<string, string[]>();
  for (const { path, suffix } of tables.folders)
    folders.set(lastName(path), [...(folders.get(lastName(path)) ?? []), suffix]);
  return { names: new Set(tables.exact.map(({ path }) => lastName(path))), folders };
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function push(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}

function fingerprintOf(catalogers: readonly Cataloger[]): string {
  const shape = catalogers.map(({ name, version, maxBytes, routes }) => [
    name,
    version,
    maxBytes ?? 0,
    routes.map((route) =>
      'magic' in route
        ? { ...route, magic: route.magic.map((bytes) => Buffer.from(bytes).toString('hex')) }
        : route,
    ),
  ]);
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 24);
}
