import type { AdvisoryDatabase } from '../advisory/index.ts';
import {
  type Catalog,
  type Finding,
  type Package,
  purlWithoutVersion,
  type Story,
  type StoryStep,
} from '../model/index.ts';
import { explainAffected, explainFree, explainUncovered } from './explain-steps.ts';
import { type Match, type MatchSession, openSession, type Target } from './session.ts';

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
    (finding) => isAsked(finding.purl, input.purl) && speaksOf(finding, input.id),
  );
  const found = new Set(findings.map((finding) => finding.purl));
  const free = freeOf(input.id, packages, found, session);
  const steps: StoryStep[] = [
    ...findings.map((finding) => explainAffected(finding, packages, session)),
    ...free.map(([pkg, target, match]) => explainFree(pkg, target, match, session)),
    ...explainUncovered(input.id, packages, findings.length + free.length, session),
  ];
  const title = input.purl === undefined ? input.id : `${input.id} in ${input.purl}`;
  return { title, answer: answerOf(input, packages.length, findings, free.length), steps };
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
    if (target === undefined || found.has(pkg.purl) || !session.covers(target.ecosystem)) continue;
    const match = session.matches(target).find(({ entry }) => entry.id === id || entry.aliases.includes(id));
    if (match !== undefined) free.set(pkg.purl, [pkg, target, match]);
  }
  return [...free.values()];
}

function speaksOf(finding: Finding, id: string): boolean {
  return finding.id === id || finding.aliases.includes(id);
}

function isAsked(purl: string, asked: string | undefined): boolean {
  return asked === undefined || purl === asked || purlWithoutVersion(purl) === asked;
}

function answerOf(input: ExplainInput, packages: number, findings: readonly Finding[], free: number): string {
  if (packages === 0)
    return input.purl === undefined ? 'The image holds no packages.' : `The image holds no ${input.purl}.`;
  if (findings.length > 0) return foundAnswer(findings, free);
  if (free > 0)
    return `None of the ${free} installed package${free === 1 ? '' : 's'} that it is about is affected.`;
  return input.database.entriesById?.(input.id).length
    ? 'None of the packages that it is about is known to be in the image.'
    : 'No advisory about the packages of this image mentions it.';
}

function foundAnswer(findings: readonly Finding[], free: number): string {
  const parts = [
    countOf(findings.filter(({ status }) => status === 'affected').length, 'is affected', 'are affected'),
    countOf(
      findings.filter(({ status }) => status === 'undetermined').length,
      'is undetermined',
      'are undetermined',
    ),
    countOf(
      findings.filter(({ status }) => status === 'not_affected').length + free,
      'is not affected',
      'are not affected',
    ),
  ].filter((part) => part !== '');
  const hidden = findings.filter(({ shown }) => !shown).length;
  const reason =
    hidden === 0 ? '' : hidden === findings.length ? ', and it is hidden' : `, ${hidden} of them hidden`;
  return `Of the packages in this image ${parts.join(', ')}${reason}.`;
}

function countOf(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
