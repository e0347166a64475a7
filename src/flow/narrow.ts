import type { Finding, Severity } from '../model/index.ts';

/** What the user asked to see of the findings. */
export interface Narrowing {
  readonly severities?: readonly Severity[];
  readonly fixableOnly: boolean;
}

/** Hides what was not asked for, each with a receipt that says so: narrowing is no judgement, and drops nothing. */
export function narrowed(findings: readonly Finding[], narrow: Narrowing | undefined): readonly Finding[] {
  if (narrow === undefined) return findings;
  return findings.map((finding) => {
    const statement = reasonAgainst(finding, narrow);
    if (!finding.shown || statement === undefined) return finding;
    return { ...finding, shown: false, receipt: { by: 'command-line', reason: 'not_asked_for', statement } };
  });
}

function reasonAgainst(finding: Finding, { severities, fixableOnly }: Narrowing): string | undefined {
  if (severities !== undefined && !severities.includes(finding.severity))
    return `--severity asks for ${severities.join(', ')} only`;
  return fixableOnly && finding.fixedIn === null
    ? '--ignore-unfixed asks for findings with a fix only'
    : undefined;
}
