import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A binary package with its source, as dpkg knows them. */
export interface Binary {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
}

/** What must be found, one line each: `binary CVE status triage fixedIn shown`. */
export type Expected = string;

interface Line {
  readonly status: string;
  readonly fixed_version?: string;
  readonly urgency?: string;
  readonly nodsa?: string;
  readonly nodsa_reason?: string;
}
export type Tracker = Readonly<
  Record<string, Readonly<Record<string, { readonly releases: Readonly<Record<string, Line>> }>>>
>;

export function readTracker(path: string): Tracker {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * The findings of a release by the tracker's own rules, read straight from its JSON, with dpkg for the order. On
 * purpose it shares nothing with the product. Source: security-team.debian.org/security_tracker.html.
 */
export function expectedFindings(tracker: Tracker, release: string, binaries: readonly Binary[]): Expected[] {
  const asked: [Binary, string, Line][] = [];
  for (const binary of binaries) {
    for (const [cve, { releases }] of Object.entries(tracker[binary.source] ?? {})) {
      const line = releases[release];
      if (line !== undefined) asked.push([binary, cve, line]);
    }
  }
  const isBelow = dpkgLessThan(
    asked.flatMap(([{ sourceVersion }, , { fixed_version }]) =>
      fixed_version === undefined || fixed_version === '0' ? [] : [[sourceVersion, fixed_version] as const],
    ),
  );
  return asked.flatMap(([binary, cve, line]) => oneFinding(binary, cve, line, isBelow)).sort();
}

function oneFinding(
  binary: Binary,
  cve: string,
  line: Line,
  isBelow: (a: string, b: string) => boolean,
): Expected[] {
  const fixed = line.fixed_version;
  if (line.status === 'resolved' && fixed === '0') return [];
  if (line.status === 'resolved' && fixed !== undefined && !isBelow(binary.sourceVersion, fixed)) return [];
  const decided = line.status === 'open' || (line.status === 'resolved' && fixed !== undefined);
  const triage = decided ? triageOf(line) : 'under_investigation';
  const kernel = binary.source === 'linux' || /^linux-\d/.test(binary.source);
  const hidden = kernel || triage === 'negligible' || triage === 'under_investigation';
  const status = decided ? 'affected' : 'undetermined';
  const fix = line.status === 'resolved' ? (fixed ?? 'none') : 'none';
  return [[binary.name, cve, status, triage, fix, hidden ? 'hidden' : 'shown'].join(' ')];
}

function triageOf({ status, urgency, nodsa, nodsa_reason }: Line): string {
  if (urgency === 'unimportant') return 'negligible';
  if (urgency === 'end-of-life') return 'end_of_life';
  if (status !== 'open' || nodsa === undefined) return 'none';
  return { ignored: 'will_not_fix', postponed: 'fix_deferred' }[nodsa_reason ?? ''] ?? 'no_dsa';
}

/** Asks dpkg for all pairs in one shell; each different pair once. */
function dpkgLessThan(pairs: readonly (readonly [string, string])[]): (a: string, b: string) => boolean {
  const lines = [...new Set(pairs.map((pair) => pair.join('\t')))];
  const script = `tab=$(printf '\\t'); while IFS="$tab" read -r a b; do
    dpkg --compare-versions "$a" lt "$b" 2>/dev/null && echo '<' || echo '>='
  done`;
  const run = spawnSync('sh', ['-c', script], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const answers = run.stdout.trimEnd().split('\n');
  if (run.status !== 0 || (lines.length > 0 && answers.length !== lines.length))
    throw new Error(`dpkg failed: ${run.stderr}`);
  const known = new Map(lines.map((line, index) => [line, answers[index] === '<']));
  return (a, b) => {
    const answer = known.get(`${a}\t${b}`);
    if (answer === undefined) throw new Error(`dpkg was not asked about ${a} and ${b}`);
    return answer;
  };
}
