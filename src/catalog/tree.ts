import { LIMITS, PratiqueError } from '../kit/index.ts';
import type { FileFacts } from './facts.ts';

/** The bytes behind one or several names: a member of a layer. */
export interface Content {
  readonly layer: number;
  /** The member's path and its position in the layer: what to look for when it must be read again. */
  readonly member: string;
  readonly seq: number;
  /** What catalogers said of it; absent when none looked. */
  readonly facts?: FileFacts;
}

/** What stood under a name, and since which layer, before it was written again without a gap. */
export interface Version {
  readonly content: Content;
  readonly layer: number;
  readonly earlier: Version | undefined;
}

export type NodeKind = 'folder' | 'symlink' | 'file' | 'other';

export class TreeNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly parent: TreeNode | undefined;
  /** The last layer that wrote it or something below it: what is touched has touched parents. */
  touched = -1;
  children: Map<string, TreeNode> | undefined = undefined;
  /** Symbolic links only. */
  readonly target: string | undefined;
  /** Files only. */
  readonly version: Version | undefined;

  constructor(
    name: string,
    kind: NodeKind,
    parent: TreeNode | undefined,
    held: { target?: string; version?: Version } = {},
  ) {
    this.name = name;
    this.kind = kind;
    this.parent = parent;
    this.target = held.target;
    this.version = held.version;
  }
}

/** Where a path leads once links are resolved. `path` has no link in it; `node` is absent where the tree holds none. */
export interface Place {
  readonly path: string;
  readonly node: TreeNode | undefined;
  /** A file stands where a folder is needed. */
  readonly blocked: boolean;
}

export function pathOf(node: TreeNode): string {
  const names: string[] = [];
  for (let at: TreeNode | undefined = node; at?.parent !== undefined; at = at.parent) names.push(at.name);
  return names.reverse().join('/');
}

/** Every node below `node`, itself included, in no stated order. */
export function* nodesBelow(node: TreeNode): Generator<TreeNode> {
  const pending = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    yield at;
    if (at.children !== undefined) for (const child of at.children.values()) pending.push(child);
  }
}

/** Counts the path parts walked behind links: a hostile image can make every member walk thousands. */
export class LinkBudget {
  #steps = 0;

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > LIMITS.unpackLinkSteps)
      throw new PratiqueError(
        'LIMIT_EXCEEDED',
        'the symbolic links of this image lead through too many folders',
      );
  }
}

/**
 * Follows a clean path from the root, links included (the last part's too). Absolute targets and `..` stay inside
 * the root. Parts that do not exist are taken as they are written, as the runtimes do while they unpack. Returns
 * undefined when there are more than `maxHops` links on the way.
 */
export function follow(root: TreeNode, path: string, maxHops: number, budget: LinkBudget): Place | undefined {
  return descend(root, path) ?? followLinks(root, path, maxHops, budget);
}

/** The common case: no link on the way. Returns undefined when there is one. */
function descend(root: TreeNode, path: string): Place | undefined {
  let node = root;
  let at = 0;
  while (at < path.length) {
    if (node.kind === 'symlink') return undefined;
    const slash = path.indexOf('/', at);
    const end = slash === -1 ? path.length : slash;
    const child = node.children?.get(path.slice(at, end));
    if (child === undefined) return { path, node: undefined, blocked: !isFolder(node) };
    node = child;
    at = end + 1;
  }
  return node.kind === 'symlink' ? undefined : { path, node, blocked: false };
}

function isFolder(node: TreeNode): boolean {
  return node.kind === 'folder';
}

interface Step {
  readonly name: string;
  readonly node: TreeNode | undefined;
}

function followLinks(root: TreeNode, path: string, maxHops: number, budget: LinkBudget): Place | undefined {
  const walked: Step[] = [];
  const pending = path.split('/').reverse();
  let hops = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    budget.spend(1);
    if (part === '' || part === '.') continue;
    if (part === '..') {
      walked.pop();
      continue;
    }
    const above = walked.length === 0 ? root : walked.at(-1)?.node;
    const node = above?.children?.get(part);
    if (node?.kind !== 'symlink') {
      walked.push({ name: part, node });
      continue;
    }
    hops += 1;
    if (hops > maxHops) return undefined;
    const target = node.target ?? '';
    if (target.startsWith('/')) walked.length = 0;
    for (const next of target.split('/').reverse()) pending.push(next);
  }
  const real = walked.map(({ name }) => name).join('/');
  const blocked = walked.slice(0, -1).some(({ node }) => node !== undefined && !isFolder(node));
  return { path: real, node: walked.length === 0 ? root : walked.at(-1)?.node, blocked };
}
