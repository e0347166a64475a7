/** One entry of apk's database, as written; empty where a field is missing. */
export interface Entry {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly origin: string;
  readonly licence: string;
  /** Folders as they are, files with their folder; without leading slash. */
  readonly paths: readonly string[];
  /** 1 is the first line of the file. */
  readonly line: number;
}

/** A line that is no field. */
export interface StrayLine {
  readonly stray: number;
}

type Draft = { -readonly [Name in keyof Entry]: Entry[Name] } & { paths: string[] };
type Field = 'name' | 'version' | 'architecture' | 'origin' | 'licence';

const FIELDS: Readonly<Record<string, Field>> = {
  P: 'name',
  V: 'version',
  A: 'architecture',
  o: 'origin',
  L: 'licence',
};

/**
 * The entries of apk's database, one at a time. A second `P` without a blank line between begins an entry too: a
 * lost blank line must not hide a package. Source: apk-tools `src/database.c`, `apk_db_fdb_read`; apk-package(5).
 */
export function* parseInstalled(text: string): Generator<Entry | StrayLine> {
  let current: Draft | undefined;
  let folder = '';
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline;
    const line = text.slice(start, next > start && text[next - 1] === '\r' ? next - 1 : next);
    start = next + 1;
    number += 1;
    if (line === '') {
      if (current !== undefined) yield current;
      current = undefined;
      continue;
    }
    if (line[1] !== ':') {
      yield { stray: number };
      continue;
    }
    const key = line.slice(0, 1);
    const value = line.slice(2);
    if (current !== undefined && key === 'P' && current.name !== '') {
      yield current;
      current = undefined;
    }
    if (current === undefined) folder = '';
    current ??= draft(number);
    if (key === 'F') folder = value;
    if (key === 'F' && value !== '') current.paths.push(value);
    else if (key === 'R') current.paths.push(folder === '' ? value : `${folder}/${value}`);
    else setField(current, key, value.trim());
  }
  if (current !== undefined) yield current;
}

function setField(entry: Draft, key: string, value: string): void {
  const field = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
  if (field !== undefined && entry[field] === '') entry[field] = value;
}

function draft(line: number): Draft {
  return { name: '', version: '', architecture: '', origin: '', licence: '', paths: [], line };
}
