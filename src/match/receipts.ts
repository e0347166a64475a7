import type { FindingStatus, Package, Receipt } from '../model/index.ts';
import type { Case } from './case.ts';
import type { Match } from './hold.ts';
import { isAbout } from './ids.ts';
import type { MatchSession } from './session.ts';

/** Why a finding need not be shown, and the status that follows from it where it changes. */
export interface Ruling {
  readonly receipt: Receipt;
  readonly status?: FindingStatus;
  /** It also hides what is known to be exploited: the vulnerable code does not run in the container. */
  readonly evenExploited?: true;
}

/** The first rule that applies gives the receipt; undefined means that the finding is shown. */
export function rulingOf(of: Case): Ruling | undefined {
  for (const rule of RULES) {
    const ruling = rule(of);
    if (ruling !== undefined) return ruling;
  }
  return undefined;
}

/** Whether a receipt still counts at `now` (milliseconds). */
export function isInForce(receipt: Receipt, now: number): boolean {
  return receipt.until === undefined || Date.parse(receipt.until) > now;
}

type Rule = (of: Case) => Ruling | undefined;

const RULES: readonly Rule[] = [
  denied,
  ownedByOsPackage,
  kernelInContainer,
  negligible,
  underInvestigation,
  notice,
];

function denied({ denial, session, target }: Case): Ruling | undefined {
  if (denial === undefined) return undefined;
  const statement = `${denial.entry.feed} says that ${target.name} is not affected in ${target.ecosystem}`;
  return {
    receipt: receipt(session, denial, denial.entry.feed, 'not_affected', statement),
    status: 'not_affected',
  };
}

function kernelInContainer({ packages, target, decisive, session }: Case): Ruling | undefined {
  if (target.matcher.kind !== 'distribution' || !KERNEL_SOURCE.test(target.name)) return undefined;
  const statement = `${packages[0].name} is built from the kernel's source, and a container runs on the kernel of its host`;
  const paper = receipt(session, decisive[0], 'kernel-in-container', 'kernel', statement);
  return { receipt: paper, evenExploited: true };
}

/**
 * Sources of the Linux kernel in Debian, Ubuntu and Alpine: `linux`, `linux-6.1`, `linux-signed-amd64`,
 * `linux-lts`, `linux-headers`. Not `linux-pam`, `linux-atm` and the like, which are programs.
 */
const KERNEL_SOURCE =
  /^linux(?:-(?:\d[\w.+-]*|(?:signed|meta|hwe|latest|headers|image|lts|virt|virtgrsec|grsec|vanilla|hardened|stable|edge|rpi\d?|aws|azure|gcp|gke|kvm|oem|oracle|raspi|ibm|lowlatency|riscv|cloud)(?:-[\w.+-]*)?))?$/;

function negligible({ triage, decisive, session, target }: Case): Ruling | undefined {
  if (triage !== 'negligible') return undefined;
  const { feed } = decisive[0].entry;
  const statement = `${feed} calls it unimportant in ${target.name}: no security effect in the package as it is built`;
  return { receipt: receipt(session, decisive[0], feed, 'negligible', statement), evenExploited: true };
}

function underInvestigation({ triage, status, decisive, session, target }: Case): Ruling | undefined {
  if (triage !== 'under_investigation' || status !== 'undetermined') return undefined;
  const { feed } = decisive[0].entry;
  const statement = `${feed} has not decided whether ${target.name} is affected in ${target.ecosystem}`;
  return { receipt: receipt(session, decisive[0], feed, 'under_investigation', statement) };
}

/** A record that speaks of no vulnerability: an unmaintained package, say. Source: RustSec, `informational`. */
function notice({ decisive, session }: Case): Ruling | undefined {
  if (decisive.some(({ entry }) => entry.kind !== 'notice')) return undefined;
  const { feed, id } = decisive[0].entry;
  const statement = `${id} is a notice, not a vulnerability`;
  return { receipt: receipt(session, decisive[0], feed, 'notice', statement) };
}

/**
 * A language package that came as part of an OS package has the distribution's fixes, which its version number
 * does not show: the distribution's word wins. Where its feeds list only fixes, their silence is no word.
 */
function ownedByOsPackage(of: Case): Ruling | undefined {
  if (of.target.matcher.kind !== 'language') return undefined;
  const rulings = of.packages.map((pkg) => wordOfOwner(pkg, of));
  return rulings.every((ruling) => ruling !== undefined) ? weakest(rulings) : undefined;
}

function wordOfOwner(pkg: Package, { session, group, decisive, packageOf }: Case): Ruling | undefined {
  const owner = pkg.ownedBy === undefined ? undefined : packageOf(pkg.ownedBy);
  const target = owner === undefined ? undefined : session.target(owner);
  if (owner === undefined || target === undefined || !session.covers(target.ecosystem)) return undefined;
  const ids = new Set([group.id, ...group.aliases]);
  const words = session.matches(target).filter(({ entry }) => isAbout(entry, ids));
  const [word] = words;
  if (word === undefined && !target.matcher.listsUnfixed) return undefined;
  const free = word !== undefined && words.every(({ held }) => held.status === 'not_affected');
  const said = free
    ? `${word.entry.feed} says that ${target.name} ${target.version} is free of it`
    : word === undefined
      ? `${target.ecosystem} does not list it for ${target.name}`
      : `it is judged with ${target.name} ${target.version}`;
  const statement = `its files belong to the OS package ${owner.name}; ${said}`;
  const paper = receipt(session, word ?? decisive[0], 'package-ownership', 'owned-by-os-package', statement);
  return free ? { receipt: paper, status: 'not_affected' } : { receipt: paper };
}

/** Not affected only where every place of the package is. */
function weakest(rulings: readonly Ruling[]): Ruling | undefined {
  return rulings.find((ruling) => ruling.status === undefined) ?? rulings[0];
}

function receipt(
  session: MatchSession,
  match: Match,
  by: string,
  reason: string,
  statement: string,
): Receipt {
  const readAt = session.readAt(match.entry);
  return { by, reason, statement, ...(readAt === undefined ? {} : { readAt }) };
}
