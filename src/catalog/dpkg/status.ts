/** The fields of one package that matter here, as written; empty where they are missing. */
export interface Stanza {
  readonly package: string;
  readonly version: string;
  readonly status: string;
  readonly architecture: string;
  readonly source: string;
  readonly multiArch: string;
  readonly maintainer: string;
  /** 1 is the first line of the file. */
  readonly line: number;
}

/** A line that is neither field nor continuation. */
export interface StrayLine {
  readonly stray: number;
}

type Field = Exclude<keyof Stanza, 'line'>;
type Draft = { -readonly [Name in Field]: string } & { line: number };

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['package', 'package'],
  ['version', 'version'],
  ['status', 'status'],
  ['architecture', 'architecture'],
  ['source', 'source'],
  ['multi-arch', 'multiArch'],
  ['maintainer', 'maintainer'],
]);
const LONGEST_FIELD = 12;

/**
 * The stanzas of a dpkg status file, one at a time. A second `Package` field without a blank line between begins a
 * stanza too: a lost blank line must not hide a package. Source: deb822(5), dpkg `lib/dpkg/parse.c`.
 */
export function* parseStatus(text: string): Generator<Stanza | StrayLine> {
  let current: Draft | undefined;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === '') {
      if (current !== undefined) yield current;
      current = undefined;
      continue;
    }
    if (line.startsWith(' ') || line.startsWith('\t')) continue;
    const colon = line.indexOf(':');
    if (colon === -1) {
      yield { stray: number };
      continue;
    }
    const field = fieldOf(line, colon);
    if (current !== undefined && field === 'package' && current.package !== '') {
      yield current;
      current = undefined;
    }
    current ??= draft(number);
    if (field !== undefined && current[field] === '') current[field] = line.slice(colon + 1).trim();
  }
  if (current !== undefined) yield current;
}

/** Without line ends, whether written as LF or CRLF. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline;
    yield text.slice(start, next > start && text[next - 1] === '\r' ? next - 1 : next);
    start = next + 1;
  }
}

/** Field names are the same in any case. */
function fieldOf(line: string, colon: number): Field | undefined {
  if (colon > LONGEST_FIELD) return undefined;
  return FIELDS.get(line.slice(0, colon).trimEnd().toLowerCase());
}

function draft(line: number): Draft {
  return {
    package: '',
    version: '',
    status: '',
    architecture: '',
    source: '',
    multiArch: '',
    maintainer: '',
    line,
  };
}
