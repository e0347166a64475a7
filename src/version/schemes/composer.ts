import { type Numeral, numeral, type Order, orderOf, orderOfPadded } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

interface ComposerVersion {
  readonly numbers: readonly Numeral[];
  /** What follows the first four numbers, in pieces. */
  readonly rest: readonly (Numeral | string)[];
}

/** From lowest to highest; where a piece is missing, or is a number, it counts as `#`. Other words come first. */
const WORDS: readonly (readonly [prefix: string, rank: number])[] = [
  ['dev', 0],
  ['alpha', 1],
  ['a', 1],
  ['beta', 2],
  ['b', 2],
  ['rc', 3],
  ['#', 4],
  ['pl', 5],
  ['p', 5],
];
const NUMBER_RANK = 4;
const NO_NUMBER = '#';

/**
 * Composer: the numbers filled up to four, then the order of PHP's `version_compare`; what stands behind a plus
 * takes no part. Sources: getcomposer.org/doc/articles/versions.md; the PHP manual, `version_compare`.
 */
export const composer: VersionScheme<ComposerVersion> = {
  name: 'composer',
  aliases: ['packagist', 'php'],
  parse,
  compare: (a, b) =>
    orderOfPadded(a.numbers, b.numbers, 0, orderOf) ||
    orderOfPadded(a.rest, b.rest, NO_NUMBER, orderOfPieces),
};

function parse(text: string): ComposerVersion | undefined {
  const body = /^v?(\d[!-*,-~]*)(?:\+[!-~]*)?$/.exec(text.trim().toLowerCase())?.[1];
  if (body === undefined) return undefined;
  const core = /^\d+(?:\.\d+)*/.exec(body)?.[0] ?? '';
  const rest = body.slice(core.length).match(/\d+|[a-z]+/g) ?? [];
  return {
    numbers: core.split('.').map(numeral),
    rest: rest.map((piece) => (/^\d/.test(piece) ? numeral(piece) : piece)),
  };
}

function orderOfPieces(a: Numeral | string, b: Numeral | string): Order {
  if (typeof a !== 'string' && typeof b !== 'string') return orderOf(a, b);
  const order = orderOf(rankOf(a), rankOf(b));
  // A number after the release is one more than nothing there.
  return order !== 0 || typeof a === typeof b ? order : typeof a === 'string' ? -1 : 1;
}

function rankOf(piece: Numeral | string): number {
  if (typeof piece !== 'string') return NUMBER_RANK;
  return WORDS.find(([prefix]) => piece.startsWith(prefix))?.[1] ?? -1;
}
