import { LIMITS } from '../kit/index.ts';

const SLASH = 0x2f;
const DOT = 0x2e;

/** Why a member's path cannot be one inside an image. */
export type PathFault =
  | 'it has a `..` part'
  | 'it has a NUL'
  | 'it is a whiteout of no name'
  | 'it is too long'
  | 'it is too deep';

/**
 * A member's path as one inside the image: without leading slashes, `.` and empty parts and a trailing slash; `''`
 * is the root. Undefined for what `pathFault` names: a `..` part, even one that stays inside (`a/../b`), a NUL, more
 * than LIMITS.pathBytes or LIMITS.pathDepth, a whiteout that would remove its own folder or the one above.
 */
export function cleanEntryPath(raw: string): string | undefined {
  if (isClean(raw)) return raw;
  const parts = raw.split('/', LIMITS.pathBytes + 2).filter((part) => part !== '' && part !== '.');
  return faultOf(raw, parts) === undefined ? parts.join('/') : undefined;
}

/** What is wrong with a path for which `cleanEntryPath` gives undefined. */
export function pathFault(raw: string): PathFault | undefined {
  return faultOf(
    raw,
    raw.split('/', LIMITS.pathBytes + 2).filter((part) => part !== '' && part !== '.'),
  );
}

export type Whiteout =
  /** Removes this path of the layers below. */
  | { readonly kind: 'file'; readonly path: string }
  /** Hides all that the layers below have in this folder. */
  | { readonly kind: 'opaque'; readonly folder: string }
  /** Book-keeping of aufs; neither a file nor a removal. */
  | { readonly kind: 'ignored' };

/**
 * What a cleaned path means as a whiteout; undefined for a path that is none.
 * Source: OCI image spec 1.1, layer, "Whiteouts"; aufs names as in containerd's archive package.
 */
export function whiteoutOf(path: string): Whiteout | undefined {
  const slash = path.lastIndexOf('/');
  if (!path.startsWith('.wh.', slash + 1)) {
    return path.startsWith('.wh..wh.') ? { kind: 'ignored' } : undefined;
  }
  const folder = slash < 0 ? '' : path.slice(0, slash);
  const name = path.slice(slash + 1);
  if (name === '.wh..wh..opq') return { kind: 'opaque', folder };
  if (name.startsWith('.wh..wh.')) return { kind: 'ignored' };
  return { kind: 'file', path: path.slice(0, slash + 1) + name.slice('.wh.'.length) };
}

/** True for most paths there are, in one pass: short, no leading or trailing slash, no part that begins with a dot. */
function isClean(raw: string): boolean {
  const length = raw.length;
  if (length > LIMITS.pathBytes) return false;
  let depth = 1;
  let partStart = true;
  for (let at = 0; at < length; at++) {
    const code = raw.charCodeAt(at);
    if (code === 0 || (partStart && (code === SLASH || code === DOT))) return false;
    partStart = code === SLASH;
    if (partStart) depth++;
  }
  return depth <= LIMITS.pathDepth && (!partStart || length === 0);
}

function faultOf(raw: string, parts: readonly string[]): PathFault | undefined {
  if (raw.length > LIMITS.pathBytes) return 'it is too long';
  if (raw.includes('\0')) return 'it has a NUL';
  if (parts.includes('..')) return 'it has a `..` part';
  if (parts.length > LIMITS.pathDepth) return 'it is too deep';
  return ['.wh.', '.wh..', '.wh...'].includes(parts.at(-1) ?? '') ? 'it is a whiteout of no name' : undefined;
}
