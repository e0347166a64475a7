/**
 * Every failure that a user can meet, by a stable code. Closed: a new one is added here, with its meaning.
 * docs/errors.md lists them for users.
 */
export type ErrorCode =
  | 'USAGE' // the command's words are wrong
  | 'INPUT_NOT_FOUND' // no such file, folder or image
  | 'INPUT_UNRECOGNISED' // it is there, but is no image that we know how to open
  | 'INPUT_INVALID' // it claims to be one, but contradicts itself or its format
  | 'DIGEST_MISMATCH' // the bytes are not what their digest says
  | 'SIZE_MISMATCH' // the bytes are more or fewer than the descriptor says
  | 'LIMIT_EXCEEDED' // a bound of kit/limits was reached
  | 'UNSUPPORTED' // known and deliberately not supported (schema 1, encrypted layers)
  | 'PLATFORM_NOT_FOUND' // the index has no image for the platform asked for
  | 'REGISTRY_AUTH' // the registry refuses these credentials, or wants some
  | 'REGISTRY_NOT_FOUND' // the registry has no such repository, tag or digest
  | 'REGISTRY_RATE_LIMITED' // 429 after all retries
  | 'REGISTRY_PROTOCOL' // the registry's answer is not what the distribution spec says
  | 'NETWORK' // connection, TLS, time-out
  | 'OFFLINE' // network needed while --offline
  | 'DATABASE_MISSING' // no advisory database at the place given
  | 'DATABASE_INVALID' // damaged, of another format version, or older than the one in place
  | 'FEED_INVALID' // a feed's file is not of its documented shape
  | 'VERSION_INVALID' // a version does not parse in its scheme
  | 'FILE_IO'; // the local disk refused

/** What went wrong, where, and what to do about it. */
export class PratiqueError extends Error {
  readonly code: ErrorCode;
  /** The file, reference, URL or entry that it is about. Never holds a secret. */
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { where?: string | undefined; hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'PratiqueError';
    this.code = code;
    this.where = more.where;
    this.hint = more.hint;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code (`ENOENT`) of anything thrown, or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
