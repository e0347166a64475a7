/** One measured figure beside what it should reach; `reach` is a ratio or an absolute bound in the unit. */
export interface BenchRow {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** At most this; absent where there is nothing to reach. */
  readonly reach?: number;
  readonly note?: string;
}

export type BenchPart = (options: { readonly make: boolean }) => Promise<readonly BenchRow[]>;

/** Prints the rows and gives how many missed what they should reach. */
export function printRows(rows: readonly BenchRow[]): number {
  let missed = 0;
  for (const { what, measured, unit, reach, note } of rows) {
    const miss = reach !== undefined && measured > reach;
    if (miss) missed++;
    const verdict = reach === undefined ? '' : `${miss ? 'MISSED' : 'ok'} (≤ ${show(reach)} ${unit})`;
    console.log(
      `  ${what.padEnd(58)} ${show(measured).padStart(9)} ${unit.padEnd(8)} ${verdict.padEnd(24)} ${note ?? ''}`.trimEnd(),
    );
  }
  return missed;
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
