import { LIMITS, PratiqueError } from '../kit/index.ts';
import type { Diagnostic } from '../model/index.ts';
import type { Facts } from './facts.ts';
import { type Keep, Overlay } from './overlay.ts';
import { namesOf } from './path-list.ts';
import type { LayerRecord } from './record.ts';
import { findRouted } from './routed.ts';
import type { Router } from './router.ts';
import { type Content, nodesBelow, pathOf, type TreeNode, type Version } from './tree.ts';

/** A file of the finished tree that some cataloger wants. */
export interface FoundFile {
  /** Where it lies, or the path of the route that leads to it through symbolic links. */
  readonly path: string;
  /** What stands there, then what stood there before without a gap: newest first, never empty. */
  readonly versions: readonly FoundVersion[];
  /** Where links lead to it: the catalogers whose route it is. Absent: all that want it count. */
  readonly only?: readonly number[];
}

export interface FoundVersion {
  /** The layer that wrote it under this name. */
  readonly layer: number;
  readonly content: Content;
  /** Undefined when it must be read again as this path: see `refetch`. */
  readonly facts: readonly Facts[] | undefined;
}

export interface Coalesced {
  /** Holds the links and the folders of catalogued files: enough to resolve any path. */
  readonly overlay: Overlay;
  /** Sorted by path. */
  readonly files: readonly FoundFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Lays the layers over each other and says which files are left for the catalogers, as if the finished tree were
 * walked. Throws INPUT_INVALID for what no runtime can unpack, LIMIT_EXCEEDED.
 */
export function coalesce(records: readonly LayerRecord[], router: Router): Coalesced {
  const files = new Set(records.flatMap(({ linked }) => linked));
  const folders = new Set<string>();
  const routed = (path: string): boolean => router.byName(path).length > 0 || router.echoes(path);
  const keep: Keep = { everything: false, files, folders, routed };
  for (let round = 0; round <= LIMITS.linkHops; round += 1) {
    const overlay = lay(records, keep);
    const found = findRouted(overlay, router, keep);
    const before = files.size + folders.size;
    for (const path of [...overlay.missing.keys(), ...found.missingFiles]) files.add(path);
    for (const path of found.missingFolders) folders.add(path);
    if (files.size + folders.size > before) continue;
    for (const error of overlay.missing.values()) throw error();
    return {
      overlay,
      files: [
        ...filesUnderOwnName(overlay.root, router),
        ...found.files.map((file) => asFound(router, file)),
      ].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      diagnostics: found.diagnostics,
    };
  }
  throw new PratiqueError('LIMIT_EXCEEDED', `links lead on more than ${LIMITS.linkHops} times`);
}

/** One entry of the finished tree. */
export interface MergedEntry {
  readonly path: string;
  readonly kind: TreeNode['kind'];
  /** Symbolic links, as written. */
  readonly target?: string;
  /** Files: hard links to one file share it. */
  readonly content?: Content;
}

/** The whole tree that the layers leave, sorted by path, the root left out. For tests and for `diff`, not for scans. */
export function mergedTree(records: readonly LayerRecord[]): MergedEntry[] {
  const none = new Set<string>();
  const { root } = lay(records, { everything: true, files: none, folders: none, routed: () => false });
  const entries: MergedEntry[] = [];
  for (const node of nodesBelow(root)) {
    if (node === root) continue;
    const { kind, target, version } = node;
    entries.push({
      path: pathOf(node),
      kind,
      ...(target === undefined ? {} : { target }),
      ...(version === undefined ? {} : { content: version.content }),
    });
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function lay(records: readonly LayerRecord[], keep: Keep): Overlay {
  const overlay = new Overlay(keep);
  for (const [layer, record] of records.entries()) {
    overlay.beginLayer(layer);
    layOne(overlay, layer, record);
  }
  return overlay;
}

function layOne(overlay: Overlay, layer: number, record: LayerRecord): void {
  let next = 0;
  record.eachMember({
    folder: (path) => overlay.folder(path),
    symlink: (path, target) => overlay.symlink(path, target),
    hardlink: (path, target) => overlay.hardlink(path, target),
    other: (path) => overlay.other(path),
    whiteout: (path) => overlay.whiteout(path),
    opaque: (path) => overlay.opaque(path),
    echo: (path, seq) => overlay.file(path, { layer, member: path, seq }),
    catalogued: () => {
      const facts = record.files[next++];
      if (facts === undefined) throw new Error('a record lists more catalogued files than it holds');
      overlay.file(facts.path, { layer, member: facts.path, seq: facts.seq, facts });
    },
    plain: (folder, run, seq) => {
      const names = namesOf(run);
      const member = (index: number): string => (folder === '' ? '' : `${folder}/`) + (names()[index] ?? '');
      overlay.plain(folder, names, (index) => ({ layer, member: member(index), seq: seq + index }));
    },
  });
}

function* filesUnderOwnName(root: TreeNode, router: Router): Generator<FoundFile> {
  for (const node of nodesBelow(root)) {
    const { version } = node;
    if (version === undefined) continue;
    const path = pathOf(node);
    if (wantedBy(router, path, version.content).length === 0) continue;
    yield asFound(router, { path, version });
  }
}

function wantedBy(router: Router, path: string, content: Content): readonly number[] {
  const byName = router.byName(path);
  const magic = content.facts?.magic ?? [];
  return magic.length === 0 ? byName : [...byName, ...magic];
}

/** `only`: the catalogers whose route leads here through links; without, those that want the file as it lies. */
function asFound(
  router: Router,
  file: { path: string; version: Version; only?: readonly number[] },
): FoundFile {
  const versions: FoundVersion[] = [];
  for (let version: Version | undefined = file.version; version !== undefined; version = version.earlier) {
    const { content, layer } = version;
    const wanted = file.only ?? wantedBy(router, file.path, content);
    versions.push({ layer, content, facts: factsAs(file.path, content, wanted) });
  }
  return { path: file.path, versions, ...(file.only === undefined ? {} : { only: file.only }) };
}

/**
 * What the catalogers would say of this content under this path, where that is known: it was read under this path,
 * or they chose it by its first bytes alone. Who chooses by name may also read the name, so that what was said under
 * another one cannot be taken over; nor can lists of files and diagnostics, which speak of the path.
 */
function factsAs(path: string, content: Content, wanted: readonly number[]): readonly Facts[] | undefined {
  if (wanted.length === 0) return [];
  const { facts, member } = content;
  if (facts === undefined) return undefined;
  const chosen = facts.facts.filter(({ cataloger }) => wanted.includes(cataloger));
  if (member === path) return chosen;
  const speakOfPath = chosen.some(({ owns, diagnostics }) => owns.length + diagnostics.length > 0);
  return !speakOfPath && wanted.every((cataloger) => facts.magic.includes(cataloger)) ? chosen : undefined;
}
