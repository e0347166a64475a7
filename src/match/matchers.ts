import type { Matcher } from './matcher.ts';
import { alpineMatcher } from './matchers/alpine.ts';
import { cargoMatcher } from './matchers/cargo.ts';
import { debianMatcher } from './matchers/debian.ts';
import { golangMatcher } from './matchers/golang.ts';
import { npmMatcher } from './matchers/npm.ts';
import { pypiMatcher } from './matchers/pypi.ts';

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
