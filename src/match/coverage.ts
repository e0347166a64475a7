import type { Diagnostic, Package } from '../model/index.ts';
import { matcherOf } from './matchers.ts';
import type { MatchSession, Target } from './session.ts';

/** Packages of one purl, and one name and version to look up, with the place of their advisories. */
export interface Covered {
  readonly packages: readonly [Package, ...Package[]];
  readonly target: Target;
}

export interface Coverage {
  readonly covered: readonly Covered[];
  /** What nobody speaks for, counted; each of these makes the result incomplete. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parts the packages that some feed speaks for from those about which silence means nothing. */
export function coverageOf(packages: readonly Package[], session: MatchSession): Coverage {
  const covered = new Map<string, { packages: [Package, ...Package[]]; target: Target }>();
  const gaps = new Map<string, Gap>();
  const silent = new Set<string>();
  for (const pkg of packages) {
    const target = session.target(pkg);
    if (target === undefined || !session.covers(target.ecosystem)) {
      count(gaps, gapOf(pkg, target), pkg);
      continue;
    }
    if (!target.matcher.listsUnfixed) silent.add(target.ecosystem);
    // A purl has lost the case of a Go module's path, which its advisories have not.
    const key = `${pkg.purl}\n${target.name}\n${target.version}`;
    const same = covered.get(key);
    if (same === undefined) covered.set(key, { packages: [pkg], target });
    else same.packages.push(pkg);
  }
  const diagnostics = [
    ...[...gaps.values()].map((gap) => gapDiagnostic(gap, session)),
    ...[...silent].map(fixesOnly),
  ];
  return { covered: [...covered.values()], diagnostics: diagnostics.sort(byCodeAndPlace) };
}

interface Gap {
  readonly code: 'no-feed' | 'unknown-distribution';
  /** The ecosystem without a feed, or the purl type without a matcher or a distribution. */
  readonly where: string;
  readonly matched: boolean;
  readonly example: Package;
  readonly type: string;
  packages: number;
}

function gapOf(pkg: Package, target: Target | undefined): Pick<Gap, 'code' | 'where' | 'matched'> {
  if (target !== undefined) return { code: 'no-feed', where: target.ecosystem, matched: true };
  const matched = matcherOf(pkg.type) !== undefined;
  return { code: matched ? 'unknown-distribution' : 'no-feed', where: pkg.type, matched };
}

function count(gaps: Map<string, Gap>, gap: Pick<Gap, 'code' | 'where' | 'matched'>, pkg: Package): void {
  const known = gaps.get(`${gap.code}\n${gap.where}`);
  if (known !== undefined) known.packages += 1;
  else gaps.set(`${gap.code}\n${gap.where}`, { ...gap, example: pkg, type: pkg.type, packages: 1 });
}

function gapDiagnostic(gap: Gap, session: MatchSession): Diagnostic {
  const { code, where } = gap;
  const many = `${gap.packages} ${gap.type} package${gap.packages === 1 ? '' : 's'} (such as ${gap.example.name} ${gap.example.version})`;
  if (code === 'unknown-distribution') {
    const said =
      session.distro === undefined
        ? 'the image does not name its distribution'
        : `${session.distro.prettyName ?? session.distro.id} is not known`;
    return {
      code,
      where,
      unknown: true,
      message: `${many} not checked: ${said}, so nobody's advisories fit`,
      hint: 'look at /etc/os-release in the image',
    };
  }
  const message = gap.matched
    ? `${many} not checked: no feed in the database speaks for ${where}`
    : `${many} not checked: there is no source of advisories for ${where} packages`;
  return { code, where, unknown: true, message, hint: 'pratique db update' };
}

function fixesOnly(ecosystem: string): Diagnostic {
  return {
    code: 'fixes-only',
    where: ecosystem,
    unknown: false,
    message: `the advisories of ${ecosystem} list only what has been fixed: what has no fix yet is not in this result`,
  };
}

function byCodeAndPlace(a: Diagnostic, b: Diagnostic): number {
  const left = `${a.code}\n${a.where}`;
  const right = `${b.code}\n${b.where}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
