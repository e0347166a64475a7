/** Source: POSIX.1-2017 pax/ustar typeflags; what we do not name is `other` (device, fifo, contiguous, unknown). */
export type EntryType = 'file' | 'folder' | 'symlink' | 'hardlink' | 'other';

/** One member of a layer, whether it comes from a tar or from a folder on disk. */
export interface Entry {
  /** Cleaned: no leading slash or `./`, no `.`, `..` or empty parts, no trailing slash; `''` is the root itself. */
  readonly path: string;
  readonly type: EntryType;
  /** Bytes of the body; 0 for all but files. */
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky (07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** As written, for symlinks; cleaned as a path inside the image, for hard links. */
  readonly linkTarget?: string;
  /** PAX records `SCHILY.xattr.*`, by attribute name. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Receives a layer, member by member, in order. Calls never overlap. The bytes of `data` are valid only during
 * the call: copy what must stay.
 */
export interface EntryHandler {
  /** Returns true to be given the body: `data` as often as it takes, not at all for an empty one, then `end`. */
  entry(entry: Entry): boolean;
  data(chunk: Uint8Array): void;
  end(): void;
}
