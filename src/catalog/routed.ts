import { LIMITS } from '../kit/index.ts';
import type { Diagnostic } from '../model/index.ts';
import type { Keep, Overlay } from './overlay.ts';
import type { Router } from './router.ts';
import { follow, type Place, type Version } from './tree.ts';

/** What exact and folder routes lead to where symbolic links are on the way. */
export interface RoutedByLink {
  readonly files: readonly LinkedFile[];
  /** Where routes lead, but the tree holds no node: it must be laid again, keeping these. */
  readonly missingFiles: readonly string[];
  readonly missingFolders: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface LinkedFile {
  /** The path of the route, not the one behind the links: catalogers know files by it. */
  readonly path: string;
  readonly version: Version;
  /** The cataloger whose route it is. */
  readonly only: readonly number[];
}

interface Found {
  readonly files: LinkedFile[];
  readonly missingFiles: string[];
  readonly missingFolders: string[];
  readonly diagnostics: Map<string, Diagnostic>;
}

/**
 * Follows the routes that name one path or one folder, as a program inside the image would. Files that the same
 * cataloger finds under their own name are left to that.
 */
export function findRouted(overlay: Overlay, router: Router, keep: Keep): RoutedByLink {
  const found: Found = { files: [], missingFiles: [], missingFolders: [], diagnostics: new Map() };
  for (const { cataloger, path } of router.exact) {
    const place = resolve(overlay, path, found);
    if (place !== undefined) findFile(place, path, cataloger, router, keep, found);
  }
  for (const { cataloger, path, suffix } of router.folders) {
    const place = resolve(overlay, path, found);
    if (place !== undefined) findInFolder(place, { path, suffix, cataloger }, router, keep, found);
  }
  return { ...found, diagnostics: [...found.diagnostics.values()] };
}

/** Undefined when no link is on the way, when nothing can be there, or when the way has no end. */
function resolve(overlay: Overlay, path: string, found: Found): Place | undefined {
  const place = follow(overlay.root, path, LIMITS.linkHops, overlay.budget);
  if (place !== undefined) return place.blocked || place.path === path ? undefined : place;
  found.diagnostics.set(path, {
    code: 'unresolvable-link',
    message: 'the symbolic links on the way to it lead in a circle',
    unknown: true,
    where: path,
  });
  return undefined;
}

function findFile(
  place: Place,
  path: string,
  cataloger: number,
  router: Router,
  keep: Keep,
  found: Found,
): void {
  const version = place.node?.version;
  if (place.node === undefined && !router.echoes(place.path) && !keep.files.has(place.path))
    found.missingFiles.push(place.path);
  if (version === undefined || router.byName(place.path).includes(cataloger)) return;
  found.files.push({ path, version, only: [cataloger] });
}

function findInFolder(
  place: Place,
  route: { path: string; suffix: string; cataloger: number },
  router: Router,
  keep: Keep,
  found: Found,
): void {
  if (!router.echoesFolder(place.path) && !keep.folders.has(place.path))
    found.missingFolders.push(place.path);
  for (const [name, { version }] of place.node?.children ?? []) {
    if (version === undefined || !name.endsWith(route.suffix)) continue;
    if (router.byName(`${place.path}/${name}`).includes(route.cataloger)) continue;
    found.files.push({ path: `${route.path}/${name}`, version, only: [route.cataloger] });
  }
}
