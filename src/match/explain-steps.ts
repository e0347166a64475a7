import type { AdvisoryEntry, Diagnostic, Finding, Package, StoryStep } from '../model/index.ts';
import type { Match } from './hold.ts';
import { compareIds, isAbout } from './ids.ts';
import type { MatchSession, Target } from './session.ts';
import {
  affectedWords,
  cvssWords,
  epssWords,
  exploitedWords,
  rangeWords,
  severityWords,
  triageWords,
} from './words.ts';

type Fact = readonly [label: string, value: string];

/** The step of one finding: from what was looked up to what to do. */
export function explainFound(
  finding: Finding,
  packages: readonly Package[],
  session: MatchSession,
): StoryStep {
  const { evidence } = finding;
  const installed = packages.filter((pkg) => pkg.purl === finding.purl);
  const entries = entriesOf(finding, session);
  const facts: Fact[] = [
    ['Status', finding.status.replace('_', ' ')],
    ...lookedUp(installed[0], evidence.lookedUp, evidence.compared, evidence.ecosystem),
    ['Record', `${evidence.recordId}, ${sourceWords(evidence.feed, entries, session)}`],
    ['Affected', affectedBy(finding, entries)],
    ['Version order', evidence.scheme],
    ...triageFact(finding, entries),
    ['Severity', severityWords(finding)],
    ...ratings(finding, entries, session),
    ['Exploited', exploitedWords(session.knownExploited([finding.id, ...finding.aliases]))],
    ['Chance of exploitation', epssWords(finding.epss)],
    ['Fixed in', finding.fixedIn ?? 'no fix is known'],
    ['Shown', shownWords(finding)],
    ...placeFacts(installed),
    ...(finding.aliases.length === 0 ? [] : [['Also known as', finding.aliases.join(', ')] as Fact]),
    ...(evidence.note === undefined ? [] : [['Note', evidence.note] as Fact]),
  ];
  return { heading: finding.purl, facts, ...linksOf(entries) };
}

/** The step of a package that a record speaks of without affecting it. */
export function explainFree(pkg: Package, target: Target, match: Match, session: MatchSession): StoryStep {
  const { entry } = match;
  const facts: Fact[] = [
    ['Status', 'not affected'],
    ...lookedUp(pkg, target.name, target.version, target.ecosystem),
    ['Record', `${entry.id}, ${sourceWords(entry.feed, [entry], session)}`],
    ['Affected', affectedWords(entry)],
    ['Version order', target.matcher.scheme],
    ['Why not', whyFree(target, entry, session)],
    ...placeFacts([pkg]),
  ];
  return { heading: pkg.purl, facts, ...linksOf([entry]) };
}

/** What the database knows of the id, where no package of the image is concerned. */
export function explainElsewhere(entries: readonly AdvisoryEntry[]): StoryStep[] {
  if (entries.length === 0) return [];
  const facts = entries
    .slice(0, SHOWN_ELSEWHERE)
    .map((entry): Fact => [entry.ecosystem, `${entry.name}: ${affectedWords(entry)}`]);
  const more = entries.length - facts.length;
  if (more > 0) facts.push(['And', `${more} more`]);
  return [{ heading: 'What the database says it is about', facts }];
}

/** What could not be looked up, so that silence about it means nothing. */
export function explainGaps(gaps: readonly Diagnostic[]): StoryStep[] {
  if (gaps.length === 0) return [];
  const facts = gaps.map((gap): Fact => [gap.where ?? gap.code, gap.message]);
  return [{ heading: 'What could not be looked up', facts }];
}

/** A record may be about hundreds of packages; a person needs the gist. */
const SHOWN_ELSEWHERE = 20;

function lookedUp(pkg: Package | undefined, name: string, version: string, ecosystem: string): Fact[] {
  const facts: Fact[] = pkg === undefined ? [] : [['Installed', `${pkg.name} ${pkg.version}`]];
  const source = pkg?.source === undefined ? '' : ' (its source package)';
  facts.push(['Looked up', `${name} ${version}${source} in ${ecosystem}`]);
  return facts;
}

function entriesOf(finding: Finding, { database }: MatchSession): AdvisoryEntry[] {
  const ids = new Set([finding.id, ...finding.aliases]);
  const all = database.entries(finding.evidence.ecosystem, finding.evidence.lookedUp);
  return all.filter((entry) => isAbout(entry, ids));
}

/** The range that decided; where none did, all that the record lists. */
function affectedBy({ evidence }: Finding, entries: readonly AdvisoryEntry[]): string {
  const record = entries.find(({ id, feed }) => id === evidence.recordId && feed === evidence.feed);
  return evidence.range === null && record !== undefined ? affectedWords(record) : rangeWords(evidence.range);
}

function triageFact(finding: Finding, entries: readonly AdvisoryEntry[]): Fact[] {
  if (finding.triage === null) return [];
  const marked = entries.find((entry) => entry.triage === finding.triage);
  return [['Triage', triageWords(finding.triage, marked?.triageReason)]];
}

/** The same vulnerability as others rate it: other records of this package, and other ecosystems'. */
function ratings(finding: Finding, entries: readonly AdvisoryEntry[], { database }: MatchSession): Fact[] {
  const own = new Set(entries.map(keyOf));
  const others = (database.entriesById?.(finding.id) ?? []).filter((entry) => !own.has(keyOf(entry)));
  const words = cvssWords([...entries, ...others]).map((text): Fact => ['CVSS', text]);
  const decides = (entry: AdvisoryEntry): boolean =>
    own.has(keyOf(entry)) && entry.feed === finding.severitySource && entry.severity === finding.severity;
  const stated = [...entries, ...others].flatMap((entry) =>
    entry.severity === undefined || entry.severity === 'unknown' || decides(entry)
      ? []
      : [`${entry.severity}, by ${entry.feed} (${entry.id}, ${entry.ecosystem})`],
  );
  return [...words, ...[...new Set(stated)].sort().map((text): Fact => ['Rated elsewhere', text])];
}

function keyOf(entry: AdvisoryEntry): string {
  return `${entry.feed}\n${entry.ecosystem}\n${entry.name}\n${entry.id}`;
}

function shownWords({ shown, receipt }: Finding): string {
  if (shown || receipt === null) return shown ? 'yes' : 'no';
  const read = receipt.readAt === undefined ? '' : `, read ${receipt.readAt}`;
  const until = receipt.until === undefined ? '' : `, until ${receipt.until}`;
  return `no: ${receipt.statement} (${receipt.by}: ${receipt.reason}${read}${until})`;
}

function placeFacts(packages: readonly Package[]): Fact[] {
  return packages.map((pkg): Fact => {
    const owner = pkg.ownedBy === undefined ? '' : `, owned by ${pkg.ownedBy}`;
    return ['Found in', `layer ${pkg.layer.index}, ${pkg.locations[0] ?? 'no file'}${owner}`];
  });
}

function whyFree(target: Target, entry: AdvisoryEntry, session: MatchSession): string {
  if (entry.triage === 'not_affected')
    return `${entry.feed}: ${triageWords(entry.triage, entry.triageReason)}`;
  const order = session.order(target.matcher.scheme);
  const fixes = entry.ranges.flatMap(({ fixed }) => fixed ?? []);
  const passed = fixes.filter((fixed) => (order.compare(target.version, fixed) ?? -1) >= 0);
  const last = passed.sort((a, b) => order.compare(b, a) ?? 0)[0];
  if (last !== undefined) return `fixed already: ${target.version} is not below ${last}`;
  return `${target.version} is in none of the affected ranges`;
}

function sourceWords(feed: string, entries: readonly AdvisoryEntry[], session: MatchSession): string {
  const entry = entries.find((candidate) => candidate.feed === feed);
  const readAt = entry === undefined ? undefined : session.readAt(entry);
  return readAt === undefined ? `from ${feed}` : `from ${feed}, read ${readAt}`;
}

function linksOf(entries: readonly AdvisoryEntry[]): { links?: readonly string[] } {
  const links = new Set(entries.flatMap((entry) => entry.url ?? []));
  return links.size === 0 ? {} : { links: [...links].sort(compareIds) };
}
