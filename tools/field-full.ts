// Runs every field test with the full counts, on every platform alike.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const withNode = fileURLToPath(new URL('./with-node.js', import.meta.url));
const words = ['vitest', 'run', '--config', 'vitest.field.config.ts', ...process.argv.slice(2)];
const run = spawnSync(process.execPath, [withNode, ...words], {
  stdio: 'inherit',
  env: { ...process.env, PRATIQUE_FIELD: 'full' },
});
process.exitCode = run.status ?? 2;
