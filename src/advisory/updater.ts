import type { AdvisoryEntry, EndOfLife, Epss, KnownExploited } from '../model/index.ts';

/** What a feed's file holds, item by item. */
export type FeedItem =
  | { readonly kind: 'advisory'; readonly entry: AdvisoryEntry }
  /** An ecosystem that this feed speaks for, even with no advisory in it: not listed is not covered. */
  | {
      readonly kind: 'covers';
      readonly ecosystem: string;
      /** Files of the same feed without which it does not speak for all of it; one that upstream lacks is fine. */
      readonly needs?: readonly string[];
    }
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
  /** Other places of the same content below a folder or mirror, tried in order after the upstream path. */
  readonly local: readonly string[];
  /** Many such files make the feed: that one is not there is nothing to report. */
  readonly optional?: true;
  /** Only looked for in a folder or mirror given with `--from`; upstream the other files say the same. */
  readonly folderOnly?: true;
}

/** The bytes of one feed file, which lies on the disk or in memory. */
export interface FeedContent {
  readonly size: number;
  /** All bytes in order; may be called again. */
  bytes(): AsyncIterable<Uint8Array>;
  /** The bytes from `offset` on, `length` of them or as many as there are. */
  read(offset: number, length: number): Promise<Buffer>;
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
  /** The page of a record; entries leave it out, the database puts it in. */
  recordUrl?(id: string): string;
  readonly files: readonly FeedFile[];
  /** Throws FEED_INVALID when the file as a whole is not of the feed's documented shape. */
  parse(file: FeedFile, content: FeedContent): AsyncIterable<FeedItem>;
}
