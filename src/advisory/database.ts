import type { AdvisoryEntry, EndOfLife, Epss, KnownExploited } from '../model/index.ts';

/** One feed's state inside a database. */
export interface FeedStatus {
  readonly feed: string;
  readonly file: string;
  readonly url: string;
  /** RFC 3339: when it was fetched or read. */
  readonly fetchedAt: string;
  /** What the feed says of its own date; absent when it says nothing. */
  readonly date?: string;
  readonly digest: string;
  readonly records: number;
  readonly skipped: number;
  readonly etag?: string;
}

/** The advisory database, opened read-only. All look-ups are synchronous and by primary key. */
export interface AdvisoryDatabase {
  /** sha256 of the content (canonical rows), the same on every machine for the same feeds. */
  readonly digest: string;
  /** RFC 3339. */
  readonly builtAt: string;
  readonly path: string;
  /** All entries under one key; empty when none. */
  entries(ecosystem: string, name: string): readonly AdvisoryEntry[];
  /** All entries of any ecosystem that have this id or alias; absent where the database keeps no such index. */
  entriesById?(id: string): readonly AdvisoryEntry[];
  /** Whether some feed speaks for this ecosystem (`npm`, `Debian:12`): if not, silence means nothing. */
  covers(ecosystem: string): boolean;
  coveredEcosystems(): readonly string[];
  knownExploited(id: string): KnownExploited | undefined;
  epss(id: string): Epss | undefined;
  endOfLife(product: string): readonly EndOfLife[];
  feeds(): readonly FeedStatus[];
  close(): void;
}
