import type { AdvisoryEntry } from '../model/index.ts';

export function isCve(id: string): boolean {
  return id.startsWith('CVE-');
}

/** By letters, but numbers by value: CVE-2019-9999 before CVE-2019-10000. */
export function compareIds(a: string, b: string): number {
  if (isCve(a) && isCve(b) && a.length !== b.length && a.slice(0, 9) === b.slice(0, 9)) {
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a record is about the vulnerability that goes by these names; a shared bulletin proves nothing. */
export function isAbout(entry: Pick<AdvisoryEntry, 'id' | 'aliases'>, names: ReadonlySet<string>): boolean {
  return names.has(entry.id) || entry.aliases.some((alias) => names.has(alias) && !isBulletin(alias));
}

/** Numbers of bulletins that speak of many vulnerabilities at once. */
export function isBulletin(id: string): boolean {
  return /^(?:DSA|DLA|DTSA|USN|LSN|ALSA|ALBA|RHSA|RHBA|RLSA|ELSA|SUSE-|openSUSE-|ALAS)/.test(id);
}
