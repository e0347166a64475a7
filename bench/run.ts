// npm run bench: the product's speed and size, as ratios to a baseline that is measured in the same run.
//   npm run bench                     all that this machine can measure
//   npm run bench -- start scan       only these parts
//   npm run bench -- --make           make the four images first (Debian, root, some GB, some minutes)
import { cpus } from 'node:os';
import { databaseBench } from './db-build.ts';
import { memoryBench } from './memory.ts';
import { scanBench } from './scan.ts';
import { startBench } from './start.ts';
import { type BenchPart, printRows } from './table.ts';

const PARTS: Record<string, BenchPart> = {
  start: startBench,
  scan: scanBench,
  memory: memoryBench,
  advisory: databaseBench,
};

const words = process.argv.slice(2);
const make = words.includes('--make');
const asked = words.filter((word) => !word.startsWith('-'));
const unknown = asked.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  console.error(`there is no part "${unknown}": ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

console.log(`Node.js ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()})`);
await import('../tools/pack.ts');
let missed = 0;
for (const [name, part] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  missed += printRows(await part({ make }));
}
process.exitCode = missed === 0 ? 0 : 1;
