import { LIMITS, PratiqueError } from '../kit/index.ts';
import {
  type Content,
  follow,
  LinkBudget,
  nodesBelow,
  type Place,
  pathOf,
  TreeNode,
  type Version,
} from './tree.ts';

/** Which plain files, folders and devices get a node, besides the links and the catalogued files. */
export interface Keep {
  /** All of them: the tree as it would lie on disk. */
  readonly everything: boolean;
  /** Files of these paths, after links. */
  readonly files: ReadonlySet<string>;
  /** Files directly in these folders, after links. */
  readonly folders: ReadonlySet<string>;
  /** Whether a file of this name can matter: then a hard link, or a file behind a link, needs its content. */
  routed(path: string): boolean;
}

/**
 * Layers laid over each other, member by member in the order of their tars, as the runtimes unpack them: parents
 * are resolved through symbolic links inside the root, a whiteout hides what lower layers brought and never what
 * its own layer did, whatever comes first, a folder over a folder keeps what is in it, and everything else replaces
 * what was there. Only nodes that matter are kept (see `Keep`), so that a million plain files cost nothing.
 * Source: OCI image spec v1.1, "Image Layer Filesystem Changeset"; for what it leaves open, what umoci 0.4 does.
 * What no runtime can unpack (a member below a file, a hard link to nothing, a loop on the way) throws
 * INPUT_INVALID.
 */
export class Overlay {
  readonly root = new TreeNode('', 'folder', undefined);
  readonly budget = new LinkBudget();
  /**
   * Hard link targets, after links, that have no node though a routed name leads to them: they are to be kept when
   * the layers are laid again. With the error for those that are not there then either.
   */
  readonly missing = new Map<string, () => PratiqueError>();
  readonly #keep: Keep;
  readonly #wantedIn: ReadonlySet<string>;
  #layer = 0;
  #count = 0;
  /** Files that this layer has removed, so that writing them again is a change and not a new beginning. */
  readonly #graves = new Map<string, Version>();
  /** The folder asked for last; members of a folder come one after the other. */
  #last: { readonly folder: string; readonly place: Place } | undefined;

  constructor(keep: Keep) {
    this.#keep = keep;
    this.#wantedIn = new Set([...keep.files].map((path) => splitPath(path).folder));
  }

  beginLayer(index: number): void {
    this.#layer = index;
    this.#graves.clear();
  }

  folder(path: string): void {
    if (path === '') return;
    const { place, name } = this.#enter(path);
    const existing = place.node?.children?.get(name);
    if (existing?.kind === 'folder') {
      this.#touch(existing);
      return;
    }
    if (existing !== undefined) this.#detach(existing);
    if (this.#keep.everything) this.#attach(place, name, 'folder', {});
  }

  symlink(path: string, target: string): void {
    const { place, name } = this.#clear(path);
    this.#attach(place, name, 'symlink', { target });
  }

  /** A file that has a node: catalogued, an echo, or wanted. */
  file(path: string, content: Content): void {
    const { place, name, earlier } = this.#clear(path);
    this.#attachFile(place, name, content, earlier);
  }

  other(path: string): void {
    const { place, name } = this.#clear(path);
    const wanted = this.#keep.everything || this.#keep.files.has(join(place.path, name));
    if (wanted) this.#attach(place, name, 'other', {});
  }

  /**
   * Plain files of one folder, in a row. Most folders hold nothing that matters and get none: then nobody asks for
   * their names.
   */
  plain(folder: string, names: () => readonly string[], content: (index: number) => Content): void {
    const place = this.#enterFolder(folder);
    const wanted = this.#plainWanted(place, folder);
    const children = place.node?.children;
    if (wanted === undefined && (children === undefined || children.size === 0)) return;
    for (const [index, name] of names().entries()) {
      const existing = (this.#last?.place ?? place).node?.children?.get(name);
      if (existing !== undefined) this.#detach(existing);
      if (wanted?.(name) !== true) continue;
      this.#attachFile(this.#enterFolder(folder), name, content(index), existing?.version);
    }
  }

  /** Which names get a node; undefined for none. */
  #plainWanted(place: Place, folder: string): ((name: string) => boolean) | undefined {
    const { everything, files, folders } = this.#keep;
    if (everything || folders.has(place.path)) return () => true;
    const moved = place.path !== folder;
    if (!moved && !this.#wantedIn.has(place.path)) return undefined;
    return (name) => {
      const path = join(place.path, name);
      return files.has(path) || (moved && this.#keep.routed(path));
    };
  }

  hardlink(path: string, target: string): void {
    const { place, name, earlier } = this.#clear(path);
    const aim = splitPath(target);
    const aimed = this.#resolve(aim.folder);
    const node = aimed.node?.children?.get(aim.name);
    if (node === undefined) {
      const real = join(place.path, name);
      const aimedPath = join(aimed.path, aim.name);
      const layer = this.#layer;
      const error = () => broken(layer, path, `is a hard link to ${aimedPath}, which is not there`);
      if (this.#keep.everything) throw error();
      if (this.#keep.routed(real) || this.#keep.files.has(real) || this.#keep.folders.has(place.path))
        this.missing.set(aimedPath, error);
    } else if (node.kind === 'folder') {
      throw broken(this.#layer, path, `is a hard link to the folder ${target}`);
    } else if (node.version !== undefined) {
      this.#attachFile(place, name, node.version.content, earlier);
    } else {
      this.#attach(place, name, node.kind, node.target === undefined ? {} : { target: node.target });
    }
  }

  whiteout(path: string): void {
    const { folder, name } = splitPath(path);
    const node = this.#resolve(folder).node?.children?.get(name);
    if (node !== undefined) this.#hide([node]);
  }

  opaque(folder: string): void {
    const { node } = this.#resolve(folder);
    if (node?.children !== undefined) this.#hide([...node.children.values()]);
  }

  /** Removes what this layer has not written itself. */
  #hide(nodes: TreeNode[]): void {
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      if (node.touched !== this.#layer) this.#detach(node);
      else if (node.children !== undefined) for (const child of node.children.values()) nodes.push(child);
    }
  }

  /** The folder of a member that is to be written, and its last name. */
  #enter(path: string): { place: Place; name: string } {
    const { folder, name } = splitPath(path);
    if (name === '') throw broken(this.#layer, path, 'would replace the root folder');
    return { place: this.#enterFolder(folder), name };
  }

  #enterFolder(folder: string): Place {
    const place = this.#resolve(folder);
    if (place.blocked || (place.node !== undefined && place.node.kind !== 'folder'))
      throw broken(this.#layer, folder, 'holds members, but is a file');
    return place;
  }

  /** Removes what stands at the path; `earlier` is the file that was there. */
  #clear(path: string): { place: Place; name: string; earlier: Version | undefined } {
    const { place, name } = this.#enter(path);
    const existing = place.node?.children?.get(name);
    if (existing === undefined) return { place, name, earlier: undefined };
    this.#detach(existing);
    return { place, name, earlier: existing.version };
  }

  #resolve(folder: string): Place {
    if (this.#last?.folder === folder) return this.#last.place;
    const place = follow(this.root, folder, LIMITS.unpackLinkHops, this.budget);
    if (place === undefined) throw broken(this.#layer, folder, 'leads through a loop of symbolic links');
    this.#last = { folder, place };
    return place;
  }

  #attachFile(place: Place, name: string, content: Content, replaced: Version | undefined): void {
    const before = replaced ?? this.#graves.get(join(place.path, name));
    const earlier = before?.layer === this.#layer ? before.earlier : before;
    this.#attach(place, name, 'file', { version: { content, layer: this.#layer, earlier } });
  }

  #attach(
    place: Place,
    name: string,
    kind: TreeNode['kind'],
    held: { target?: string; version?: Version },
  ): void {
    const parent = place.node ?? this.#makeFolders(place.path);
    this.#touch(this.#put(parent, name, kind, held));
    this.#last = undefined;
  }

  #makeFolders(path: string): TreeNode {
    let node = this.root;
    for (const name of path.split('/'))
      node = node.children?.get(name) ?? this.#put(node, name, 'folder', {});
    return node;
  }

  #put(
    parent: TreeNode,
    name: string,
    kind: TreeNode['kind'],
    held: { target?: string; version?: Version },
  ): TreeNode {
    this.#count += 1;
    if (this.#count > LIMITS.treeNodes)
      throw new PratiqueError(
        'LIMIT_EXCEEDED',
        `the image has more than ${LIMITS.treeNodes} links and routed files`,
      );
    const node = new TreeNode(name, kind, parent, held);
    parent.children ??= new Map();
    parent.children.set(name, node);
    return node;
  }

  #touch(node: TreeNode): void {
    for (let at: TreeNode | undefined = node; at !== undefined && at.touched !== this.#layer; at = at.parent)
      at.touched = this.#layer;
  }

  #detach(node: TreeNode): void {
    for (const gone of nodesBelow(node)) {
      this.#count -= 1;
      if (gone.version !== undefined) this.#graves.set(pathOf(gone), gone.version);
    }
    node.parent?.children?.delete(node.name);
    this.#last = undefined;
  }
}

function broken(layer: number, path: string, what: string): PratiqueError {
  return new PratiqueError('INPUT_INVALID', `layer ${layer} cannot be laid on: ${path} ${what}`, {
    where: path,
    hint: 'no runtime can unpack this image',
  });
}

function splitPath(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/');
  return slash === -1
    ? { folder: '', name: path }
    : { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
