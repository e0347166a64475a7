export { type CvssScore, cvssScore } from './cvss.ts';
export { type ExplainInput, explainFinding } from './explain.ts';
export { type MatchInput, matchCatalog } from './match-catalog.ts';
export type { LookUp, Matcher, MatchResult } from './matcher.ts';
export { MATCHERS, matcherOf } from './matchers.ts';
