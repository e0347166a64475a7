import { type Numeral, numeral, type Order, orderOf, orderOfLists, orderOfPadded } from './order.ts';

/** What Semantic Versioning compares: numbers, then pre-release identifiers. Build metadata takes no part. */
export interface Precedence {
  /** Missing ones count as 0. */
  readonly numbers: readonly Numeral[];
  /** Undefined for a release, which comes after all its pre-releases. */
  readonly pre: readonly Identifier[] | undefined;
}

export type Identifier = Numeral | string;

/** Source: Semantic Versioning 2.0.0, section 11. */
export function orderOfPrecedence(a: Precedence, b: Precedence): Order {
  const order = orderOfPadded(a.numbers, b.numbers, 0, orderOf);
  if (order !== 0) return order;
  if (a.pre === undefined || b.pre === undefined) {
    return a.pre === b.pre ? 0 : a.pre === undefined ? 1 : -1;
  }
  return orderOfLists(a.pre, b.pre, orderOfIdentifiers);
}

/** `rc.1` gives `rc` and 1; undefined when an identifier is empty or has other characters than section 9 allows. */
export function identifiersOf(text: string): readonly Identifier[] | undefined {
  const parts = text.split('.');
  if (!parts.every((part) => /^[0-9A-Za-z-]+$/.test(part))) return undefined;
  return parts.map((part) => (/^\d+$/.test(part) ? numeral(part) : part));
}

/** Numbers before words. */
function orderOfIdentifiers(a: Identifier, b: Identifier): Order {
  if (typeof a === 'string') return typeof b === 'string' ? orderOf(a, b) : 1;
  return typeof b === 'string' ? -1 : orderOf(a, b);
}
