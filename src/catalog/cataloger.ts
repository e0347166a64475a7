import type { Diagnostic, Distro, PackageFact } from '../model/index.ts';

/**
 * Which files a cataloger wants, as data. Paths are inside the image, without leading slash. A file is routed
 * when any route of the cataloger fits.
 */
export type Route =
  /** Exactly this path. The coalescer also finds it behind symbolic links. */
  | { readonly exact: string }
  /** Any file directly in this folder, whose name ends with `suffix`. */
  | { readonly folder: string; readonly suffix?: string }
  /** Any file of this name; `parent` says how the name of its folder must end, `inside` a folder name that must be on the path. */
  | { readonly basename: string; readonly parent?: string; readonly inside?: string }
  /** Any file whose name ends so. */
  | { readonly suffix: string; readonly parent?: string }
  /** Any file of at least `minBytes` whose first bytes are one of these (at most 16 bytes each). */
  | { readonly magic: readonly Uint8Array[]; readonly minBytes?: number };

export interface CatalogFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

/** Takes what a cataloger finds in one file. */
export interface CatalogSink {
  package(fact: PackageFact): void;
  /** The files of the package with this `ownerKey`: paths without leading slash, one a line, as in dpkg's `.list`. */
  owns(ownerKey: string, paths: string): void;
  distro(distro: Distro): void;
  diagnostic(diagnostic: Diagnostic): void;
}

/**
 * Turns the bytes of routed files into facts. Does no I/O, keeps no state between files, never throws for what a
 * file holds (a bad file is a diagnostic with `unknown: true`). The version is part of the cache's key: raise it
 * whenever the output for some input changes.
 */
export interface Cataloger {
  readonly name: string;
  readonly version: number;
  readonly routes: readonly Route[];
  /** Largest file handed over whole; a larger one becomes a diagnostic. Default LIMITS.catalogedFileBytes. */
  readonly maxBytes?: number;
  /** Called with the whole file. Exactly one of `catalog` and `stream` is there. */
  catalog?(file: CatalogFile, bytes: Buffer, out: CatalogSink): void;
  /**
   * For files too large to hold: called with the first bytes, at least 4096 or the whole file; undefined means not
   * interested after all.
   */
  stream?(file: CatalogFile, head: Uint8Array, out: CatalogSink): FileStream | undefined;
}

export interface FileStream {
  /** All bytes in order, the head's included. */
  data(chunk: Uint8Array): void;
  end(): void;
}
