import { PratiqueError } from '../kit/index.ts';
import type { VersionRange } from '../model/index.ts';
import { inRange, type RangeAnswer, schemeOf, type VersionScheme } from '../version/index.ts';

/** The version order of one ecosystem, over versions as they are written. */
export interface VersionOrder {
  /** Its name in `src/version`. */
  readonly scheme: string;
  /** Whether the ecosystem's rules accept it, so that ranges can decide about it. */
  accepts(version: string): boolean;
  /** The sign of a against b; undefined where one of them is not accepted. */
  compare(a: string, b: string): -1 | 0 | 1 | undefined;
  inRange(version: string, range: VersionRange): RangeAnswer;
}

/**
 * An order that parses each version once. It keeps what it parsed, so it lives as long as one run over a catalog:
 * the versions of an ecosystem's advisories come again with every package.
 */
export function preparedOrder(name: string): VersionOrder {
  const scheme = schemeOf(name);
  if (scheme === undefined) throw new PratiqueError('UNSUPPORTED', `there is no version order "${name}"`);
  const prepared: VersionScheme = { ...scheme, parse: remembered(scheme) };
  const { parse } = prepared;
  return {
    scheme: name,
    accepts: (version) => parse(version) !== undefined,
    compare: (a, b) => {
      const left = parse(a);
      const right = parse(b);
      return left === undefined || right === undefined ? undefined : scheme.compare(left, right);
    },
    inRange: (version, range) => {
      if (isEveryVersion(range)) return 'in';
      const parsed = parse(version);
      if (parsed === undefined) return range.fixed === NEVER ? 'out' : 'undetermined';
      return inRange(prepared, parsed, range);
    },
  };
}

/** What affects every version affects one that cannot be compared, too. */
function isEveryVersion({ introduced, fixed, lastAffected }: VersionRange): boolean {
  const fromTheFirst = introduced === undefined || introduced === '0';
  return fromTheFirst && fixed === undefined && lastAffected === undefined;
}

/** As `fixed`: never affected. Source: Alpine secdb and Debian tracker usage. */
const NEVER = '0';

/** Stands in the map for a version that does not parse. */
const UNPARSED = Symbol('unparsed');

function remembered(scheme: VersionScheme): VersionScheme['parse'] {
  const known = new Map<string, unknown>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before === UNPARSED ? undefined : before;
    const parsed = scheme.parse(text);
    known.set(text, parsed ?? UNPARSED);
    return parsed;
  };
}
