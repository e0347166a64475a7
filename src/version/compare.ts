import type { VersionRange } from '../model/index.ts';
import type { Order } from './order.ts';
import type { VersionScheme } from './scheme.ts';
import { schemeOf } from './schemes.ts';

/**
 * Compares two versions as written, also those that only the tools of their ecosystem order (`parseLoose`);
 * undefined when one has no order at all, or there is no such scheme.
 */
export function compareVersions(scheme: string, a: string, b: string): Order | undefined {
  const found = schemeOf(scheme);
  if (found === undefined) return undefined;
  const left = parseAny(found, a);
  const right = parseAny(found, b);
  return left === undefined || right === undefined ? undefined : found.compare(left, right);
}

function parseAny(scheme: VersionScheme, text: string): unknown {
  return scheme.parse(text) ?? scheme.parseLoose?.(text);
}

export type RangeAnswer = 'in' | 'out' | 'undetermined';

/**
 * Whether a version (what `scheme.parse` gave) lies in a range: `introduced` inclusive, "0" or absent from the
 * first version on; `fixed` exclusive, "0" never affected; `lastAffected` inclusive. A bound that does not parse
 * gives `undetermined`, unless another bound alone already says `out`. Source: OSV schema 1.6, "Evaluation"; for
 * fixed "0" the secdb and Debian tracker usage.
 */
export function inRange<V>(scheme: VersionScheme<V>, version: V, range: VersionRange): RangeAnswer {
  const { introduced, fixed, lastAffected } = range;
  if (fixed === '0') return 'out';
  let answer: RangeAnswer = 'in';
  const excludes = (bound: string | undefined, outside: (order: Order) => boolean): boolean => {
    if (bound === undefined) return false;
    const limit = scheme.parse(bound);
    if (limit !== undefined) return outside(scheme.compare(version, limit));
    answer = 'undetermined';
    return false;
  };
  if (excludes(introduced === '0' ? undefined : introduced, (order) => order < 0)) return 'out';
  if (excludes(fixed, (order) => order >= 0)) return 'out';
  if (excludes(lastAffected, (order) => order > 0)) return 'out';
  return answer;
}
