/**
 * How many cases each large test runs: the count that is promised, and the reduced one for CI (a tenth at least).
 * `npm run field:full` sets PRATIQUE_FIELD=full.
 */
export const COUNTS = {
  versionPairsDeb: { full: 10_000, ci: 1_000 },
  versionPairsPep440: { full: 10_000, ci: 1_000 },
  layerStacks: { full: 2_000, ci: 200 },
  debianOracleComparisons: { full: 20_000, ci: 2_000 },
  hostileLayerMegabytes: { full: 8_192, ci: 1_024 },
  hostileMembers: { full: 1_000_000, ci: 200_000 },
  mutatedCatalogFiles: { full: 5_000, ci: 500 },
} as const satisfies Record<string, { full: number; ci: number }>;

export type CountName = keyof typeof COUNTS;

export function countOf(name: CountName): number {
  return process.env['PRATIQUE_FIELD'] === 'full' ? COUNTS[name].full : COUNTS[name].ci;
}
