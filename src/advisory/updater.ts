import type { AdvisoryEntry, EndOfLife, Epss, KnownExploited } from '../model/index.ts';

/** What a feed's file holds, item by item. */
export type FeedItem =
  | { readonly kind: 'advisory'; readonly entry: AdvisoryEntry }
  /** An ecosystem that this feed speaks for, even with no advisory in it: not listed is not covered. */
  | { readonly kind: 'covers'; readonly ecosystem: string }
  | { readonly kind: 'known-exploited'; readonly row: KnownExploited }
  | { readonly kind: 'epss'; readonly row: Epss }
  | { readonly kind: 'end-of-life'; readonly row: EndOfLife }
  /** The day that the feed gives for its own content, RFC 3339 or `YYYY-MM-DD`. */
  | { readonly kind: 'date'; readonly date: string }
  /** A record that could not be used; counted, and listed by `db status --verbose`. */
  | { readonly kind: 'skipped'; readonly id: string; readonly reason: string };

/** One file of a feed, at its upstream address. */
export interface FeedFile {
  /** Stable within the updater: `PyPI`, `v3.10/main`. */
  readonly id: string;
  /** The real upstream address. */
  readonly url: string;
  /** Where the same content may lie below a folder given with `--from`, the first found is taken. */
  readonly local: readonly string[];
}

/**
 * One feed. Fetching is done by the database builder from `files` (conditional requests, mirrors, folders), so a
 * feed is data plus `parse`, which is pure and streams.
 */
export interface Updater {
  readonly name: string;
  /** Raise it when `parse` gives something else for the same bytes. */
  readonly version: number;
  readonly licence: string;
  /** The files to read; may depend on what an earlier one of them said (an index of products). */
  files(have: {
    read(id: string): Promise<Buffer | undefined>;
  }): AsyncIterable<FeedFile> | Iterable<FeedFile>;
  parse(file: FeedFile, content: AsyncIterable<Uint8Array>): AsyncIterable<FeedItem>;
}
