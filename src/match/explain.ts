import type { AdvisoryDatabase } from '../advisory/index.ts';
import { type Catalog, type Finding, type Package, purlWithoutVersion, type Story } from '../model/index.ts';
import { coverageOf } from './coverage.ts';
import { answerOf } from './explain-answer.ts';
import { explainElsewhere, explainFound, explainFree, explainGaps } from './explain-steps.ts';
import type { Match } from './hold.ts';
import { type MatchSession, openSession, type Target } from './session.ts';

export interface ExplainInput {
  /** A CVE, or any record's id or alias. */
  readonly id: string;
  /** Only the packages of this purl; without a version, all its versions. */
  readonly purl?: string;
  readonly catalog: Pick<Catalog, 'distro' | 'packages'>;
  readonly database: AdvisoryDatabase;
  /** What matching the same catalog gave. */
  readonly findings: readonly Finding[];
}

/**
 * Tells for one vulnerability what was looked up, what was compared, whose word decided and what to do; and where
 * nothing was found, why: not in the image, fixed already, or not covered by any feed.
 */
export function explainFinding(input: ExplainInput): Story {
  const session = openSession(input.database, input.catalog.distro);
  const packages = input.catalog.packages.filter((pkg) => isAsked(pkg.purl, input.purl));
  const findings = input.findings.filter(
    (finding) => isAsked(finding.purl, input.purl) && isNamed(finding, input.id),
  );
  const found = new Set(findings.map((finding) => finding.purl));
  const free = freeOf(input.id, packages, found, session);
  const told = findings.length + free.length;
  const elsewhere = told > 0 ? [] : (input.database.entriesById?.(input.id) ?? []);
  const gaps = coverageOf(packages, session).diagnostics.filter((diagnostic) => diagnostic.unknown);
  const counts = { free: free.length, known: elsewhere.length > 0, gaps: gaps.length > 0 };
  return {
    title: input.purl === undefined ? input.id : `${input.id} in ${input.purl}`,
    answer: answerOf({ purl: input.purl, packages: packages.length, findings, ...counts }),
    steps: [
      ...findings.map((finding) => explainFound(finding, packages, session)),
      ...free.map(([pkg, target, match]) => explainFree(pkg, target, match, session)),
      ...explainElsewhere(elsewhere),
      ...explainGaps(gaps),
    ],
  };
}

type Free = readonly [pkg: Package, target: Target, match: Match];

/** The packages of which a record with this id speaks without affecting them. */
function freeOf(
  id: string,
  packages: readonly Package[],
  found: ReadonlySet<string>,
  session: MatchSession,
): Free[] {
  const free = new Map<string, Free>();
  for (const pkg of packages) {
    const target = session.target(pkg);
    if (target === undefined || found.has(pkg.purl)) continue;
    const match = session.matches(target).find(({ entry }) => isNamed(entry, id));
    if (match !== undefined) free.set(pkg.purl, [pkg, target, match]);
  }
  return [...free.values()];
}

/** Ids are typed by people: their case does not matter. */
function isNamed({ id, aliases }: Pick<Finding, 'id' | 'aliases'>, asked: string): boolean {
  const folded = asked.toUpperCase();
  return id.toUpperCase() === folded || aliases.some((alias) => alias.toUpperCase() === folded);
}

function isAsked(purl: string, asked: string | undefined): boolean {
  return asked === undefined || purl === asked || purlWithoutVersion(purl) === asked;
}
