import { type ErrorCode, PratiqueError } from '../kit/index.ts';

/** An error about an archive or, as `${where}: member "name" …`, one of its members. */
export function tarError(where: string, message: string, code: ErrorCode = 'INPUT_INVALID'): PratiqueError {
  return new PratiqueError(code, `${where}: ${message}`, { where });
}

/** A member's name for a message: quoted, control characters escaped, of bearable length. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}
