import type { AdvisoryDatabase } from '../advisory/index.ts';
import type { Catalog, Diagnostic, Finding } from '../model/index.ts';
import { type Case, toCase } from './case.ts';
import { coverageOf } from './coverage.ts';
import { toFinding } from './finding.ts';
import { groupByAlias } from './groups.ts';
import { compareIds } from './ids.ts';
import type { MatchResult } from './matcher.ts';
import { openSession } from './session.ts';

export interface MatchInput {
  readonly catalog: Pick<Catalog, 'distro' | 'packages'>;
  readonly database: AdvisoryDatabase;
  /** The clock value, in milliseconds: a receipt whose `until` has passed hides nothing. */
  readonly now: number;
}

/**
 * Holds every package of a catalog against the advisory database: one finding for each (package, vulnerability),
 * and a diagnostic for whatever could not be held against anything. The same inputs give the same result.
 */
export function matchCatalog({ catalog, database, now }: MatchInput): MatchResult {
  const session = openSession(database, catalog.distro);
  const { covered, diagnostics } = coverageOf(catalog.packages, session);
  const byPurl = new Map(catalog.packages.map((pkg) => [pkg.purl, pkg]));
  const packageOf = (purl: string) => byPurl.get(purl);
  const findings: Finding[] = [];
  const doubts = new Map<string, Doubt>();
  for (const { packages, target } of covered) {
    for (const group of groupByAlias(session.matches(target))) {
      const found = toCase({ session, packages, target, group, packageOf });
      if (found === undefined) continue;
      findings.push(toFinding(found, now));
      noteDoubt(doubts, found);
    }
  }
  return {
    findings: findings.sort(byPurlAndId),
    diagnostics: [...diagnostics, ...[...doubts.values()].map(unparsed)],
  };
}

function byPurlAndId(a: Finding, b: Finding): number {
  return a.purl < b.purl ? -1 : a.purl > b.purl ? 1 : compareIds(a.id, b.id);
}

interface Doubt {
  readonly ecosystem: string;
  readonly example: string;
  readonly purls: Set<string>;
}

function noteDoubt(doubts: Map<string, Doubt>, { decisive, packages, target }: Case): void {
  const [{ entry, held }] = decisive;
  if (held.unparsed === undefined) return;
  const example = `"${held.unparsed}" of ${target.name}, ${entry.id}`;
  const doubt = doubts.get(target.ecosystem) ?? { ecosystem: target.ecosystem, example, purls: new Set() };
  doubt.purls.add(packages[0].purl);
  doubts.set(target.ecosystem, doubt);
}

function unparsed({ ecosystem, example, purls }: Doubt): Diagnostic {
  return {
    code: 'unparsed-version',
    where: ecosystem,
    unknown: true,
    message: `for ${purls.size} package${purls.size === 1 ? '' : 's'} of ${ecosystem} a version cannot be compared (${example}), so it is not known whether they are affected`,
  };
}
