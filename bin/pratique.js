#!/usr/bin/env node
// @ts-check
// Starts pratique on a Node.js that is new enough. Plain JavaScript that Node 20 can parse.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

// A clone runs from its source, so that an old bundle never answers for it; the published package has only the bundle.
const source = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const main = existsSync(source) ? source : fileURLToPath(new URL('../dist/pratique.js', import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 15)) {
  await import(pathToFileURL(main).href);
} else {
  await onOtherNode();
}

async function onOtherNode() {
  const runtime = new URL('../tools/runtime.js', import.meta.url);
  const { findNode, noNodeMessage } = existsSync(fileURLToPath(runtime))
    ? await import(runtime.href)
    : {
        findNode: () => undefined,
        noNodeMessage: () => `pratique needs Node.js 24.15 or newer; this is ${process.versions.node}\n`,
      };
  const node = findNode();
  if (node === undefined) {
    process.stderr.write(noNodeMessage());
    process.exitCode = 2;
    return;
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(/** @type {any} */ (signal)));
  child.on('error', (error) => {
    process.stderr.write(`pratique could not be started: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
