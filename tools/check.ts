// Types, format and lint, dead code, package shape: everything that must hold before a commit.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const withNode = fileURLToPath(new URL('./with-node.js', import.meta.url));
const steps: readonly (readonly string[])[] = [
  ['tsc', '-p', '.'],
  ['biome', 'ci', '.'],
  ['knip'],
  ['vitest', 'run', 'test/tidy.test.ts'],
  ['tools/pack.ts'],
  ['publint', 'run', '.pack', '--strict', '--pack', 'false'],
];

let failed = false;
for (const step of steps) {
  const started = performance.now();
  const run = spawnSync(process.execPath, [withNode, ...step], { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${run.status === 0 ? 'ok    ' : 'FAILED'} ${step.join(' ')} (${seconds} s)`);
  failed ||= run.status !== 0;
}
process.exitCode = failed ? 1 : 0;
