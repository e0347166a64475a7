import type { Finding } from '../model/index.ts';

/** What `explain` found out, in numbers. */
export interface Counted {
  readonly purl: string | undefined;
  /** Packages of the image that were asked about. */
  readonly packages: number;
  readonly findings: readonly Finding[];
  /** Packages that a record with this id is about, without affecting them. */
  readonly free: number;
  /** Whether the database knows the id at all. */
  readonly known: boolean;
  /** Whether some of the packages could not be looked up. */
  readonly gaps: boolean;
}

/** The answer in one or two sentences. */
export function answerOf(counted: Counted): string {
  const { purl, packages, findings, free } = counted;
  if (packages === 0)
    return purl === undefined ? 'The image holds no packages.' : `The image holds no ${purl}.`;
  const doubt = counted.gaps ? ' Not every package could be looked up.' : '';
  if (findings.length > 0) return foundAnswer(findings, free) + doubt;
  if (free > 0) return `It is about ${packagesOf(free)} of this image, and affects none.${doubt}`;
  if (counted.known) return `It is about packages that were not found in this image.${doubt}`;
  return `No advisory in the database mentions it for a package of this image.${doubt}`;
}

function foundAnswer(findings: readonly Finding[], free: number): string {
  const count = (status: Finding['status']): number => findings.filter((one) => one.status === status).length;
  const affected = count('affected');
  const parts = [`It affects ${affected === 0 ? 'no package' : packagesOf(affected)} of this image`];
  const undetermined = count('undetermined');
  const settled = count('not_affected') + free;
  if (undetermined > 0) parts.push(`${undetermined} undetermined`);
  if (settled > 0) parts.push(`${settled} not affected`);
  const hidden = findings.filter(({ shown }) => !shown).length;
  if (hidden > 0)
    parts.push(hidden === findings.length ? 'not shown by default' : `${hidden} not shown by default`);
  return `${parts.join('; ')}.`;
}

function packagesOf(count: number): string {
  return `${count} package${count === 1 ? '' : 's'}`;
}
