import calculator from 'ae-cvss-calculator';
import type { Severity } from '../model/index.ts';
import { cvss3BaseScore } from './cvss3.ts';

export interface CvssScore {
  /** Base score, 0..10. */
  readonly score: number;
  readonly severity: Severity;
  readonly vector: string;
}

/**
 * The base score of a CVSS 2.0, 3.0, 3.1 or 4.0 vector; undefined when the vector lacks a base metric or is none.
 * Source: FIRST, CVSS v4.0 specification, section 6 "Qualitative severity rating scale" (2.0: NVD's).
 */
export function cvssScore(vector: string): CvssScore | undefined {
  const version = VERSION.exec(vector)?.[1] ?? (vector.startsWith('AV:') ? '2.0' : undefined);
  if (version === undefined || vector.length > 512) return undefined;
  const score = version.startsWith('3.') ? cvss3BaseScore(vector) : calculatedScore(vector);
  return score === undefined ? undefined : { score, severity: rating(score, version), vector };
}

const VERSION = /^CVSS:(3\.0|3\.1|4\.0)\//;

function calculatedScore(vector: string): number | undefined {
  try {
    const parsed = calculator.fromVector(vector);
    return parsed?.isBaseFullyDefined() ? parsed.calculateScores().base : undefined;
  } catch {
    return undefined; // The calculator throws for metrics that the version does not have.
  }
}

function rating(score: number, version: string): Severity {
  if (score === 0) return 'negligible';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score >= 9 && version !== '2.0' ? 'critical' : 'high';
}
