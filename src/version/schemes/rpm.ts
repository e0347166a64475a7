import { type Order, orderOf } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

interface RpmVersion {
  /** "0" when there is none. */
  readonly epoch: string;
  readonly version: string;
  /** Empty when there is none, which comes before any. */
  readonly release: string;
}

/**
 * `[epoch:]version[-release]`, each part compared by itself. Sources: rpm-version(7); rpm's lib/rpmvercmp.c for
 * what that leaves open (characters that only separate).
 */
export const rpm: VersionScheme<RpmVersion> = {
  name: 'rpm',
  aliases: ['rpmvercmp', 'redhat', 'almalinux', 'rocky'],
  parse,
  compare: (a, b) =>
    orderOfParts(a.epoch, b.epoch) ||
    orderOfParts(a.version, b.version) ||
    orderOfParts(a.release, b.release),
};

function parse(text: string): RpmVersion | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || /\s/.test(trimmed)) return undefined;
  const colon = trimmed.indexOf(':');
  const rest = trimmed.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: colon <= 0 ? '0' : trimmed.slice(0, colon),
    version: hyphen === -1 ? rest : rest.slice(0, hyphen),
    release: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  };
}

/** Runs of digits and runs of letters by turns; a tilde before the end, a caret just after it. */
function orderOfParts(a: string, b: string): Order {
  const left = piecesOf(a);
  const right = piecesOf(b);
  for (let i = 0; i < left.length || i < right.length; i++) {
    const order = orderOfPieces(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function piecesOf(text: string): readonly string[] {
  return text.match(/\d+|[A-Za-z]+|[~^]/g) ?? [];
}

function orderOfPieces(a: string, b: string): Order {
  const order = orderOf(rankOf(a), rankOf(b));
  if (order !== 0 || rankOf(a) !== NUMBER) return order || orderOf(a, b);
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return orderOf(left.length, right.length) || orderOf(left, right);
}

const NUMBER = 4;

/** Tilde, end, caret, letters, digits. */
function rankOf(piece: string): number {
  if (piece === '~') return 0;
  if (piece === '') return 1;
  if (piece === '^') return 2;
  return /^\d/.test(piece) ? NUMBER : 3;
}
