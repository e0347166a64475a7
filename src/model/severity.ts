/** From worst to least; `unknown` is a value of its own, never a guess. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** 0 is the worst; for sorting. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
