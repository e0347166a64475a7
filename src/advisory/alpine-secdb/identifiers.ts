/** The ids in one line of `secfixes`: an entry for each of `ids`, all with the same `aliases`. */
export interface Identifiers {
  readonly ids: readonly string[];
  readonly aliases: readonly string[];
}

const CVE = /CVE[-_ ]?(\d{4})-(\d{4,12})/gi;
const OTHER =
  /\b(?:GHSA(?:-[0-9a-z]{4}){3}|wnpa-sec(?:-\d{1,10}){2}|[A-Z][A-Z0-9]{1,15}(?:-[A-Z0-9]{1,20}){1,4})\b/g;

/**
 * Maintainers write several ids in a line, with remarks (`CVE-2016-9932 XSA-200`, `CVE-2017-2616 (+ regression
 * fix)`) and slips (`CVE_2019-2426`). Every CVE gets its own entry; what else is named is an alias of them, or
 * the id where there is no CVE. Undefined where nothing in the line is an id.
 */
export function identifiersIn(line: string): Identifiers | undefined {
  if (line.length > 500) return undefined;
  const cves = [...line.matchAll(CVE)].map(([, year, number]) => `CVE-${year}-${number}`);
  const others = [...line.replace(CVE, ' ').matchAll(OTHER)].map(([id]) => id).filter((id) => /\d/.test(id));
  if (cves.length > 0) return { ids: unique(cves), aliases: unique(others) };
  const [id, ...aliases] = unique(others);
  return id === undefined ? undefined : { ids: [id], aliases };
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
