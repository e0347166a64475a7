/** Before, same, after. */
export type Order = -1 | 0 | 1;

/** A whole number of any length; a bigint only past 15 digits. Order two of them with `orderOf`, never `===`. */
export type Numeral = number | bigint;

/** Reads decimal digits; none at all are 0. No digit is lost, however many there are. */
export function numeral(digits: string): Numeral {
  return digits.length <= 15 ? Number(digits) : BigInt(digits);
}

/** Strings by UTF-16 code unit (for ASCII: by byte), numbers by value. */
export function orderOf<T extends Numeral | string>(a: T, b: T): Order {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Item by item; where all are equal, the shorter list comes first. */
export function orderOfLists<T>(
  a: readonly T[],
  b: readonly T[],
  orderOfItems: (a: T, b: T) => Order,
): Order {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = orderOfItems(a[i] as T, b[i] as T);
    if (order !== 0) return order;
  }
  return orderOf(a.length, b.length);
}

/** Item by item, the shorter list filled up with `filler`. */
export function orderOfPadded<T>(
  a: readonly T[],
  b: readonly T[],
  filler: T,
  orderOfItems: (a: T, b: T) => Order,
): Order {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = orderOfItems(a[i] ?? filler, b[i] ?? filler);
    if (order !== 0) return order;
  }
  return 0;
}
