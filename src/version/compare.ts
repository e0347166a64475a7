import type { VersionRange } from '../model/index.ts';
import type { Order } from './order.ts';
import type { VersionScheme } from './scheme.ts';
import { schemeOf } from './schemes.ts';

/** Compares two versions as written; undefined when one does not parse or there is no such scheme. */
export function compareVersions(scheme: string, a: string, b: string): Order | undefined {
  const found = schemeOf(scheme);
  const left = found?.parse(a);
  const right = found?.parse(b);
  return found === undefined || left === undefined || right === undefined
    ? undefined
    : found.compare(left, right);
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
  const known = scheme.wellFormed?.(version) ?? true;
  let answer: RangeAnswer = known ? 'in' : 'undetermined';
  const check = (bound: string | undefined, outside: (order: Order) => boolean): boolean => {
    if (bound === undefined) return false;
    const limit = scheme.parse(bound);
    if (!known || limit === undefined || scheme.wellFormed?.(limit) === false) {
      answer = 'undetermined';
      return false;
    }
    return outside(scheme.compare(version, limit));
  };
  if (check(introduced === '0' ? undefined : introduced, (order) => order < 0)) return 'out';
  if (check(fixed, (order) => order >= 0)) return 'out';
  if (check(lastAffected, (order) => order > 0)) return 'out';
  return answer;
}
