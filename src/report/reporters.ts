import { jsonReporter } from './json.ts';
import type { Reporter } from './reporter.ts';
import { tableReporter } from './table.ts';

/** THE LIST of output formats. */
export const REPORTERS: readonly Reporter[] = [tableReporter, jsonReporter];

export function reporterOf(name: string): Reporter | undefined {
  return REPORTERS.find((reporter) => reporter.name === name);
}
