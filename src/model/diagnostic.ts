/**
 * Something that a reader of the result must know: a file that could not be read, a package type without a
 * feed. `unknown: true` means that the result is incomplete because of it, so it can never count as clean.
 */
export interface Diagnostic {
  /** Stable, kebab-case: `no-feed`, `unreadable-file`, `unknown-distribution`. */
  readonly code: string;
  readonly message: string;
  readonly unknown: boolean;
  /** The file, package, source or ecosystem that it is about. */
  readonly where?: string;
  /** What the user can do about it. */
  readonly hint?: string;
}
