import type { Order } from './order.ts';

/**
 * The version order of one ecosystem: a pure pair of functions. One more scheme is one more file in `schemes/`
 * and one line in `schemes.ts`.
 */
export interface VersionScheme<V = unknown> {
  /** Lower case; the purl type where there is one: `deb`, `golang`. */
  readonly name: string;
  /** Other names under which it is found: `debian`, `pypi`. */
  readonly aliases?: readonly string[];
  /** Undefined for what the scheme cannot order at all. Never throws. */
  parse(text: string): V | undefined;
  /** A total order on whatever `parse` gives; never fails. */
  compare(a: V, b: V): Order;
  /**
   * Absent where `parse` refuses all that the ecosystem's own rules refuse. Where it takes more, because its tools
   * order such versions too, this tells them apart: they have an order, but no range is decided by it.
   */
  wellFormed?(version: V): boolean;
}
