import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// A scan makes much garbage and keeps little. V8 would let its nursery grow for it: that takes 100 MB more and no
// less time, measured on Node.js 24; a flag that a later one may not know is not set there.
if (process.versions.node.startsWith('24.')) setFlagsFromString('--semi-space-growth-factor=1');
enableCompileCache();
const { run } = await import('./run.ts');
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    controller.abort(new Error(`stopped by ${signal}`));
    process.once(signal, () => process.exit(signal === 'SIGINT' ? 130 : 143));
  });
}
// A closed pipe (`pratique … | head`) ends quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
process.exitCode = await run(process.argv.slice(2), process, controller.signal);
