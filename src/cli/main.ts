import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Stopped } from './io.ts';
import { run } from './run.ts';

// A scan makes much garbage and keeps little. V8 would let its nursery grow for it: that takes 100 MB more and no
// less time, measured on Node.js 24; a flag that a later one may not know is not set there.
if (process.versions.node.startsWith('24.')) setFlagsFromString('--semi-space-growth-factor=1');
enableOwnCompileCache();
const SAME_SIGNAL_MS = 500;
const controller = new AbortController();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  let firstAt = Number.POSITIVE_INFINITY;
  process.on(signal, () => {
    // A terminal and the launcher send one and the same; a second one right after the first is no impatience.
    if (performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(exitCode);
    firstAt = Math.min(firstAt, performance.now());
    controller.abort(new Stopped(`stopped by ${signal}`, exitCode));
  });
}
// A closed pipe (`pratique … | head`) ends quietly, and with the exit code of what was found.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.exit(2);
  controller.abort(new Stopped('nobody reads the output', 0));
});
process.stderr.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), process, controller.signal);

/** In a folder of the user's own: Node's default lies where others may write, and what it holds is run. */
function enableOwnCompileCache(): void {
  const { env, platform } = process;
  const home = env['HOME'] === undefined ? undefined : join(env['HOME'], '.cache');
  const folder = platform === 'win32' ? env['LOCALAPPDATA'] : (env['XDG_CACHE_HOME'] ?? home);
  if (folder !== undefined && folder !== '') enableCompileCache(join(folder, 'pratique', 'compiled'));
}
