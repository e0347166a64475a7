import { type Finding, SEVERITIES, type Story } from '../model/index.ts';
import { packageList } from './package-list.ts';
import type { RenderOptions, Reporter } from './reporter.ts';
import type { ScanReport, Upgrade } from './scan-report.ts';
import { plain, type Style, styleOf } from './style.ts';
import { REASON_WORDS, statusNote, supportLine, vulnerabilityUrl } from './words.ts';

const IDS_PER_LINE = 6;

/** The format for people: what to fix first, then what cannot be fixed, then what was hidden and why. */
export const tableReporter: Reporter = {
  name: 'table',
  mediaType: 'text/plain; charset=utf-8',
  render,
  renderStory,
};

function render(report: ScanReport, options: RenderOptions): string {
  const style = styleOf(options);
  const blocks = [
    head(report, style),
    report.inputs.database === null ? packageList(report, style) : [],
    upgrades(report, style),
    unfixed(report, style),
    options.showAll ? hidden(report, style) : [],
    attention(report, style),
    sums(report, style, options),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function head(report: ScanReport, style: Style): string[] {
  const { subject, distro, summary } = report;
  const types = Object.entries(summary.packagesByType).map(([type, count]) => `${count} ${type}`);
  const digest = subject.digest === null ? '' : `  ${style.look('gray', subject.digest.slice(0, 19))}`;
  const platform = subject.platform === null ? '' : `  ${subject.platform}`;
  return [
    `${style.look('bold', plain(subject.name))}${platform}${digest}`,
    distro === null
      ? 'no distribution recognised'
      : `${plain(distro.prettyName ?? distro.id)}${supportLine(distro)}`,
    `${summary.packages} packages${types.length === 0 ? '' : `: ${types.join(', ')}`}`,
  ];
}

function upgrades(report: ScanReport, style: Style): string[] {
  if (report.upgrades.length === 0) return [];
  const lines = [style.look('bold', `FIX FIRST (${count(report.upgrades.length, 'upgrade')})`)];
  for (const upgrade of report.upgrades) lines.push(...upgradeLines(report, upgrade, style));
  return lines;
}

function upgradeLines(report: ScanReport, upgrade: Upgrade, style: Style): string[] {
  const findings = upgrade.findings
    .map((index) => report.findings[index])
    .filter((finding) => finding !== undefined);
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const kev = upgrade.knownExploited ? ` ${style.look(['bold', 'red'], 'EXPLOITED')}` : '';
  const others = upgrade.packages.filter((name) => name !== upgrade.name);
  const packages = others.length === 0 ? '' : style.look('gray', `  (${listed(others, 4)})`);
  const step = `${style.look('bold', plain(upgrade.name))} ${plain(upgrade.from)} ${style.look('green', `→ ${plain(upgrade.to)}`)}`;
  return [
    `  ${style.severity(upgrade.severity, upgrade.severity.padEnd(10))} ${step}${packages}${kev}`,
    ...idLines([...byId.values()], style),
  ];
}

function idLines(findings: readonly Finding[], style: Style): string[] {
  const words = findings.map((finding) => {
    const marks = [finding.knownExploited ? 'exploited' : '', epssMark(finding), statusNote(finding)].filter(
      (mark) => mark !== '',
    );
    const id = style.link(vulnerabilityUrl(finding), plain(finding.id));
    return `${style.severity(finding.severity, '●')} ${id}${marks.length === 0 ? '' : style.look('gray', ` (${marks.join(', ')})`)}`;
  });
  const lines: string[] = [];
  for (let at = 0; at < words.length; at += IDS_PER_LINE)
    lines.push(`             ${words.slice(at, at + IDS_PER_LINE).join('  ')}`);
  return lines;
}

function unfixed(report: ScanReport, style: Style): string[] {
  const groups = new Map<string, Finding[]>();
  const sourceOf = new Map(report.packages.map((pkg) => [pkg.purl, pkg]));
  for (const finding of report.findings) {
    if (!finding.shown || finding.fixedIn !== null) continue;
    const pkg = sourceOf.get(finding.purl);
    const key =
      pkg === undefined
        ? finding.purl
        : `${pkg.source?.name ?? pkg.name} ${pkg.source?.version ?? pkg.version}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  if (groups.size === 0) return [];
  const lines = [style.look('bold', `NO FIX YET (${count(groups.size, 'package')})`)];
  for (const [key, findings] of groups) {
    const unique = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
    const worst = unique[0]?.severity ?? 'unknown';
    lines.push(
      `  ${style.severity(worst, worst.padEnd(10))} ${style.look('bold', plain(key))}`,
      ...idLines(unique, style),
    );
  }
  return lines;
}

function hidden(report: ScanReport, style: Style): string[] {
  const rows = report.findings.filter((finding) => !finding.shown);
  if (rows.length === 0) return [];
  const lines = [style.look('bold', `HIDDEN, EACH WITH ITS RECEIPT (${rows.length})`)];
  for (const { id, purl, receipt } of rows) {
    const read = receipt?.readAt === undefined ? '' : `, read ${receipt.readAt.slice(0, 10)}`;
    lines.push(
      `  ${plain(id)}  ${style.look('gray', plain(purl))}`,
      `      ${plain(receipt?.statement ?? '')} [${receipt?.by}${read}]`,
    );
  }
  return lines;
}

function attention(report: ScanReport, style: Style): string[] {
  if (report.diagnostics.length === 0) return [];
  const lines = report.diagnostics.map(({ unknown, message, where, hint }) => {
    const mark = unknown ? style.look(['bold', 'magenta'], 'unknown') : style.look('gray', 'note   ');
    const place =
      where === undefined || message.includes(where) ? '' : style.look('gray', ` [${plain(where)}]`);
    return `  ${mark} ${plain(message)}${place}${hint === undefined ? '' : `\n          ${plain(hint)}`}`;
  });
  return [style.look('bold', report.summary.complete ? 'NOTES' : 'WHAT THIS SCAN COULD NOT TELL'), ...lines];
}

function sums(report: ScanReport, style: Style, options: RenderOptions): string[] {
  const { summary, inputs } = report;
  const parts = SEVERITIES.filter((name) => summary.shownBySeverity[name] > 0).map((name) =>
    style.severity(name, `${summary.shownBySeverity[name]} ${name}`),
  );
  const shown =
    summary.shown === 0
      ? nothingShown(report, style)
      : `${style.look('bold', count(summary.shown, 'finding'))}: ${parts.join(', ')}; ${summary.fixable} with a fix.`;
  const lines = [shown];
  if (summary.hidden > 0) {
    const reasons = Object.entries(summary.hiddenByReason).map(
      ([reason, number]) => `${number} ${REASON_WORDS[reason] ?? reason}`,
    );
    const how = options.showAll ? '' : ' (--show-all lists them, "pratique explain ID" tells why)';
    lines.push(`${summary.hidden} hidden: ${reasons.join(', ')}${how}.`);
  }
  if (!summary.complete)
    lines.push(
      style.look(['bold', 'magenta'], 'This result is incomplete: not everything needed could be read.'),
    );
  const { database } = inputs;
  if (database !== null)
    lines.push(
      style.look(
        'gray',
        `Advisories: database ${database.digest.slice(0, 19)}, built ${database.builtAt.slice(0, 10)}.`,
      ),
    );
  return lines;
}

function nothingShown({ summary, inputs }: ScanReport, style: Style): string {
  if (inputs.database === null) return 'Nothing was matched: these are the packages alone.';
  return summary.complete ? style.look('green', 'No findings.') : 'No findings in what could be read.';
}

function renderStory(story: Story, options: RenderOptions): string {
  const style = styleOf(options);
  const lines = [style.look('bold', plain(story.title)), plain(story.answer)];
  for (const step of story.steps) {
    lines.push('', style.look('bold', plain(step.heading)));
    const width = Math.max(0, ...step.facts.map(([label]) => label.length));
    for (const [label, value] of step.facts)
      lines.push(`  ${style.look('gray', plain(label).padEnd(width))}  ${plain(value)}`);
    for (const url of step.links ?? []) lines.push(`  ${style.link(url, plain(url))}`);
  }
  return `${lines.join('\n')}\n`;
}

function epssMark(finding: Finding): string {
  const { epss } = finding;
  return epss === null || epss.score < 0.01 ? '' : `EPSS ${(epss.score * 100).toFixed(0)} %`;
}

function listed(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return names.slice(0, most).map(plain).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
