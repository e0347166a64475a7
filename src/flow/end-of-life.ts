import type { AdvisoryDatabase } from '../advisory/index.ts';
import type { Distro, EndOfLife } from '../model/index.ts';
import type { ReportDistro } from '../report/index.ts';

/** The distribution with the state of its support on the day of `now` (milliseconds), from the database's dated rows. */
export function withEndOfLife(
  distro: Distro,
  database: AdvisoryDatabase | undefined,
  now: number,
): ReportDistro {
  const row = database?.endOfLife(productOf(distro.id)).find((candidate) => isCycle(candidate, distro));
  if (row === undefined || row.eol === undefined) return { ...distro, endOfLife: null };
  return {
    ...distro,
    endOfLife: { eol: row.eol, extended: row.extended ?? null, ended: isOver(row.eol, now) },
  };
}

/** endoflife.date's product keys where they differ from os-release ids. */
function productOf(id: string): string {
  const names: Record<string, string> = {
    rocky: 'rocky-linux',
    ol: 'oracle-linux',
    amzn: 'amazon-linux',
    'opensuse-leap': 'opensuse',
    photon: 'vmware-photon',
    alpine: 'alpine-linux',
  };
  return names[id] ?? id;
}

/** `12` is cycle 12; `3.10.3` is cycle 3.10. */
function isCycle(row: EndOfLife, distro: Distro): boolean {
  const version = distro.versionId;
  if (version === undefined)
    return row.codename !== undefined && row.codename.toLowerCase() === distro.codename?.toLowerCase();
  return version === row.cycle || version.startsWith(`${row.cycle}.`);
}

function isOver(eol: string | boolean, now: number): boolean {
  return typeof eol === 'boolean' ? eol : Date.parse(`${eol.slice(0, 10)}T00:00:00Z`) + DAY_MS <= now;
}

const DAY_MS = 86_400_000;
