import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, PRATIQUE } from './process.ts';
import type { BenchPart } from './table.ts';

const RUNS = 15;

/** `--help` and `version` of the bundle against an empty program on the same Node.js. */
export const startBench: BenchPart = async () => {
  const empty = join(tmpdir(), 'pratique-empty.mjs');
  writeFileSync(empty, '');
  const commands = [
    [process.execPath, empty],
    [...PRATIQUE, '--help'],
    [...PRATIQUE, 'version'],
    [...PRATIQUE, 'scan', '--help'],
  ];
  await compare(commands, 2);
  const [baseline, help, version, scanHelp] = await compare(commands, RUNS);
  const ratio = (wallS: number | undefined): number => (wallS ?? 0) / (baseline?.wallS ?? 1);
  const note = `an empty program: ${((baseline?.wallS ?? 0) * 1000).toFixed(0)} ms`;
  return [
    { what: 'pratique --help, wall', measured: ratio(help?.wallS), unit: '× empty', reach: 1.6, note },
    { what: 'pratique version, wall', measured: ratio(version?.wallS), unit: '× empty', reach: 1.6 },
    { what: 'pratique scan --help, wall', measured: ratio(scanHelp?.wallS), unit: '× empty' },
  ];
};
