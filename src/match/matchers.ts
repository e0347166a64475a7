import { alpineMatcher } from './alpine.ts';
import { cargoMatcher } from './cargo.ts';
import { debianMatcher } from './debian.ts';
import { golangMatcher } from './golang.ts';
import type { Matcher } from './matcher.ts';
import { npmMatcher } from './npm.ts';
import { pypiMatcher } from './pypi.ts';

/** THE LIST: one matcher a line. */
export const MATCHERS: readonly Matcher[] = [
  alpineMatcher,
  cargoMatcher,
  debianMatcher,
  golangMatcher,
  npmMatcher,
  pypiMatcher,
];

/** The matcher for packages of a purl type; undefined where there is none. */
export function matcherOf(purlType: string): Matcher | undefined {
  return MATCHERS.find((matcher) => matcher.purlTypes.includes(purlType));
}
