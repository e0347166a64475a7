import { numeral } from '../order.ts';
import { identifiersOf, orderOfPrecedence, type Precedence } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';

/**
 * Semantic Versioning as npm and Cargo order it. Takes more than the specification, where only one order is
 * possible: a leading `v` or `=`, fewer or more than three numbers, and a pre-release set off by a dot or by
 * nothing (`1.0.0.beta2`, `1.21rc2`; not the wildcard `1.x`). Source: Semantic Versioning 2.0.0.
 */
export const semver: VersionScheme<Precedence> = {
  name: 'semver',
  aliases: ['npm', 'cargo', 'crates.io'],
  parse,
  compare: orderOfPrecedence,
};

const SHAPE = /^[=v\s]*(\d+(?:\.\d+)*)(?:(?:-|\.?(?=[a-z])(?!x(?:\.|$)))([^+]*))?(?:\+([0-9A-Za-z.-]+))?$/i;

function parse(text: string): Precedence | undefined {
  const parts = SHAPE.exec(text.trim());
  if (parts === null) return undefined;
  const pre = parts[2] === undefined ? undefined : identifiersOf(parts[2]);
  if (parts[2] !== undefined && pre === undefined) return undefined;
  return { numbers: (parts[1] ?? '').split('.').map(numeral), pre };
}
