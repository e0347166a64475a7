import { enableCompileCache } from 'node:module';

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
