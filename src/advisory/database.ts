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
  /** Why the newest file could not be had, so that an older one stands for it. */
  readonly problem?: string;
}

/** A file that the feed's list names, and that was not there. */
export interface AbsentFile {
  readonly feed: string;
  readonly file: string;
  readonly reason: string;
}

export interface SkippedRecord {
  readonly feed: string;
  readonly file: string;
  readonly id: string;
  readonly reason: string;
}

/** What `db status` counts. */
export interface DatabaseCounts {
  /** Packages with at least one entry. */
  readonly keys: number;
  readonly ids: number;
  readonly knownExploited: number;
  readonly epss: number;
  readonly endOfLife: number;
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

/** A database as it lies on the disk: also what only those ask who look after it. */
export interface DatabaseFile extends AdvisoryDatabase {
  /** Stands for the feed files and readers that it was made of. */
  readonly inputs: string;
  entriesById(id: string): readonly AdvisoryEntry[];
  absent(): readonly AbsentFile[];
  /** The first thousand of each file. */
  skipped(): readonly SkippedRecord[];
  counts(): DatabaseCounts;
}
