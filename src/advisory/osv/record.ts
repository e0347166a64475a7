import type { AdvisoryEntry, AdvisoryKind, Severity, VersionRange } from '../../model/index.ts';
import { dateOf, defined, listOf, objectOf, textOf, textsOf } from '../json-values.ts';
import type { OsvEcosystem } from './ecosystems.ts';
import { type CompareVersions, rangesOf } from './ranges.ts';

type Json = Readonly<Record<string, unknown>>;

/** Entries, or why the record gives none. */
export type RecordResult = { readonly entries: readonly AdvisoryEntry[] } | { readonly skipped: string };

/**
 * One OSV record as entries, one for each package of `ecosystem` in it. `related` records are other
 * vulnerabilities and not taken for aliases; text for people is left out. Source: OSV schema 1.7.
 */
export function entriesOf(record: Json, ecosystem: OsvEcosystem, compare: CompareVersions): RecordResult {
  const id = textOf(record.id);
  if (id === undefined) return { skipped: 'the record has no id' };
  if (record.withdrawn !== undefined && record.withdrawn !== null) return { skipped: 'withdrawn' };
  const packages = packagesIn(record, ecosystem, compare);
  if (packages.size === 0) return { skipped: `names no package of ${ecosystem.name}` };
  const shared = { id, ...ofRecord(record) };
  const entries: AdvisoryEntry[] = [];
  for (const [name, affected] of packages) {
    if (affected.ranges.length === 0 && affected.versions.size === 0) continue;
    entries.push(entryOf(shared, ecosystem.name, name, affected));
  }
  return entries.length === 0 ? { skipped: 'names no affected version, git commits aside' } : { entries };
}

/** What a record says of one package, all its `affected` blocks together. */
interface Affected {
  readonly ranges: VersionRange[];
  readonly versions: Set<string>;
  readonly symbols: Map<string, Set<string>>;
  readonly cvss: string[];
  severity: Severity | undefined;
  /** Some block speaks of a vulnerability, not only of a notice. */
  vulnerability: boolean;
}

type Shared = Pick<
  AdvisoryEntry,
  'id' | 'aliases' | 'published' | 'modified' | 'unreviewed' | 'cvss' | 'severity'
>;

function ofRecord(record: Json): Omit<Shared, 'id'> {
  const specific = objectOf(record.database_specific);
  const cvss = vectorsOf(record.severity);
  return defined({
    aliases: [...new Set(textsOf(record.aliases))],
    published: dateOf(record.published),
    modified: dateOf(record.modified),
    unreviewed: specific.review_status === 'UNREVIEWED' ? true : undefined,
    cvss: cvss.length === 0 ? undefined : cvss,
    severity: severityOf(specific.severity),
  });
}

function packagesIn(record: Json, ecosystem: OsvEcosystem, compare: CompareVersions): Map<string, Affected> {
  const packages = new Map<string, Affected>();
  for (const raw of listOf(record.affected)) {
    const block = objectOf(raw);
    const pkg = objectOf(block.package);
    const name = textOf(pkg.name);
    if (name === undefined || pkg.ecosystem !== ecosystem.name) continue;
    const key = ecosystem.normalize?.(name) ?? name;
    const affected = packages.get(key) ?? newAffected();
    packages.set(key, affected);
    addBlock(affected, block, compare);
  }
  return packages;
}

function newAffected(): Affected {
  return {
    ranges: [],
    versions: new Set(),
    symbols: new Map(),
    cvss: [],
    severity: undefined,
    vulnerability: false,
  };
}

function addBlock(affected: Affected, block: Json, compare: CompareVersions): void {
  for (const raw of listOf(block.ranges)) {
    const range = objectOf(raw);
    // A range of commits says nothing about published versions.
    if (range.type === 'GIT') continue;
    affected.ranges.push(...rangesOf(range.events, compare));
  }
  for (const version of textsOf(block.versions)) affected.versions.add(version);
  const specific = objectOf(block.database_specific);
  const own = objectOf(block.ecosystem_specific);
  affected.cvss.push(...vectorsOf(block.severity));
  affected.severity ??= severityOf(own.severity) ?? severityOf(specific.severity);
  if (textOf(specific.informational) === undefined) affected.vulnerability = true;
  for (const raw of listOf(own.imports)) {
    const imported = objectOf(raw);
    const path = textOf(imported.path);
    if (path === undefined) continue;
    const symbols = affected.symbols.get(path) ?? new Set();
    affected.symbols.set(path, symbols);
    for (const symbol of textsOf(imported.symbols)) symbols.add(symbol);
  }
}

function entryOf(shared: Shared, ecosystem: string, name: string, affected: Affected): AdvisoryEntry {
  const own = affected.cvss.length > 0 ? [...new Set(affected.cvss)].sort(newestFirst) : undefined;
  const symbols = Object.fromEntries([...affected.symbols].map(([path, names]) => [path, [...names].sort()]));
  return defined({
    ...shared,
    feed: 'osv',
    ecosystem,
    name,
    kind: kindOf(shared.id, affected),
    ranges: uniqueRanges(affected.ranges),
    versions: affected.versions.size === 0 ? undefined : [...affected.versions],
    cvss: own ?? shared.cvss,
    severity: affected.severity ?? shared.severity,
    symbols: affected.symbols.size === 0 ? undefined : symbols,
  });
}

/** RustSec publishes notices (unmaintained, unsound) as records; OSV's malicious packages have their own prefix. */
function kindOf(id: string, affected: Affected): AdvisoryKind {
  if (id.startsWith('MAL-')) return 'malware';
  return affected.vulnerability ? 'vulnerability' : 'notice';
}

function vectorsOf(raw: unknown): string[] {
  const vectors = listOf(raw)
    .map(objectOf)
    .map((item) => textOf(item.score));
  return vectors
    .filter((vector): vector is string => vector !== undefined && isVector(vector))
    .sort(newestFirst);
}

/** CVSS 2 vectors have no prefix. Source: FIRST, CVSS v2 to v4, "Vector String". */
function isVector(text: string): boolean {
  return /^(?:CVSS:\d\.\d\/)?[A-Z][A-Za-z]{0,4}:[A-Za-z]{1,10}(?:\/[A-Za-z]{1,5}:[A-Za-z]{1,10}){2,60}$/.test(
    text,
  );
}

function newestFirst(a: string, b: string): number {
  const version = (vector: string): string => (vector.startsWith('CVSS:') ? vector.slice(5, 8) : '2.0');
  const [left, right] = [version(a), version(b)];
  return left === right ? 0 : left < right ? 1 : -1;
}

/** The words of GitHub's advisory database and of others that follow it. */
function severityOf(raw: unknown): Severity | undefined {
  const word = textOf(raw)?.toLowerCase();
  if (word === 'moderate') return 'medium';
  return word === 'critical' || word === 'high' || word === 'medium' || word === 'low' ? word : undefined;
}

function uniqueRanges(ranges: readonly VersionRange[]): VersionRange[] {
  const seen = new Set<string>();
  return ranges.filter((range) => {
    const key = JSON.stringify([range.introduced, range.fixed, range.lastAffected]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
