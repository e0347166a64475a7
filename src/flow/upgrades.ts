import { type Finding, type Package, severityRank } from '../model/index.ts';
import type { Upgrade } from '../report/index.ts';
import { compareVersions } from '../version/index.ts';

/**
 * Groups the shown findings that have a fix by what has to be raised: the source package in a distribution, the
 * package itself elsewhere. `to` is the highest of the fixes, so that one step settles all of them. Worst first.
 */
export function upgradesOf(findings: readonly Finding[], packages: ReadonlyMap<string, Package>): Upgrade[] {
  const groups = new Map<string, Group>();
  findings.forEach((finding, index) => {
    const pkg = packages.get(finding.purl);
    if (pkg === undefined || !finding.shown || finding.fixedIn === null) return;
    const name = pkg.source?.name ?? fullName(pkg);
    const from = pkg.source?.version ?? pkg.version;
    const key = `${pkg.type}\n${name}\n${from}`;
    const group = groups.get(key) ?? {
      type: pkg.type,
      name,
      from,
      to: finding.fixedIn,
      packages: new Set(),
      findings: [],
    };
    if (isHigher(finding, group.to)) group.to = finding.fixedIn;
    group.packages.add(fullName(pkg));
    group.findings.push(index);
    groups.set(key, group);
  });
  return [...groups.values()].map((group) => toUpgrade(group, findings)).sort(byUrgency(findings));
}

interface Group {
  readonly type: string;
  readonly name: string;
  readonly from: string;
  to: string;
  readonly packages: Set<string>;
  readonly findings: number[];
}

function toUpgrade(group: Group, findings: readonly Finding[]): Upgrade {
  const ranked = [...group.findings].sort((a, b) => urgency(findings[a], findings[b]));
  const worst = ranked.map((index) => findings[index]);
  return {
    type: group.type,
    name: group.name,
    from: group.from,
    to: group.to,
    packages: [...group.packages].sort(),
    severity: worst.reduce(
      (best, finding) =>
        finding && severityRank(finding.severity) < severityRank(best) ? finding.severity : best,
      'unknown' as Upgrade['severity'],
    ),
    knownExploited: worst.some((finding) => finding?.knownExploited === true),
    findings: ranked,
  };
}

function isHigher(finding: Finding, than: string): boolean {
  return finding.fixedIn !== null && compareVersions(finding.evidence.scheme, finding.fixedIn, than) === 1;
}

function fullName(pkg: Package): string {
  const separator = pkg.type === 'maven' ? ':' : '/';
  const inName =
    pkg.namespace !== undefined && pkg.type !== 'deb' && pkg.type !== 'apk' && pkg.type !== 'rpm';
  return inName ? `${pkg.namespace}${separator}${pkg.name}` : pkg.name;
}

/** Exploited first, then severity, then the chance of exploitation, then the id. */
function urgency(a: Finding | undefined, b: Finding | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return (
    Number(b.knownExploited) - Number(a.knownExploited) ||
    severityRank(a.severity) - severityRank(b.severity) ||
    (b.epss?.score ?? 0) - (a.epss?.score ?? 0) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

function byUrgency(findings: readonly Finding[]) {
  return (a: Upgrade, b: Upgrade): number =>
    urgency(findings[a.findings[0] ?? -1], findings[b.findings[0] ?? -1]) ||
    (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
