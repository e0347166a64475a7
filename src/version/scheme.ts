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
  /** Undefined for what the ecosystem's own rules refuse: no range is decided by such a version. Never throws. */
  parse(text: string): V | undefined;
  /** Takes more than `parse`, where the ecosystem's tools give an order to what its rules refuse. */
  parseLoose?(text: string): V | undefined;
  /**
   * Orders whatever `parse` and `parseLoose` give; never fails. A total order, but for Maven, whose rules themselves
   * run in circles where a dot and a hyphen stand before words (`1.z < 1-beta < 1 < 1.z`).
   */
  compare(a: V, b: V): Order;
}
