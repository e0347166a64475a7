// @ts-check
// Runs a tool of this project (`vitest run`, `tools/build.ts`) on the Node.js that it needs, whatever Node.js npm
// runs on, and installs the dependencies first where they are missing or of another lockfile.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, noNodeMessage } from './runtime.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

installIfNeeded();
const node = findNode();
if (node === undefined) {
  process.stderr.write(noNodeMessage());
  process.exit(2);
}
const [tool = '', ...rest] = process.argv.slice(2);
const script = tool.includes('/') || tool.endsWith('.ts') ? join(root, tool) : binOf(tool);
const env = {
  ...process.env,
  PATH: dirname(node) + delimiter + (process.env['PATH'] ?? process.env['Path'] ?? ''),
};
const run = spawnSync(node, [script, ...rest], { stdio: 'inherit', cwd: process.cwd(), env });
process.exit(run.status ?? 2);

/** @param {string} name */
function binOf(name) {
  const folders = { biome: '@biomejs/biome', tsc: 'typescript' };
  const folder = join(root, 'node_modules', folders[/** @type {keyof typeof folders} */ (name)] ?? name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[name]);
}

function installIfNeeded() {
  const lock = join(root, 'package-lock.json');
  const done = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  if (existsSync(done) && sameTree(lock, done)) return;
  process.stderr.write('installing the dependencies (npm ci --ignore-scripts)\n');
  const cli = process.env['npm_execpath'];
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const npm =
    cli === undefined
      ? spawnSync('npm', words, { stdio: ['ignore', 2, 2], cwd: root, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [cli, ...words], { stdio: ['ignore', 2, 2], cwd: root });
  if (npm.status !== 0) process.exit(2);
}

/**
 * Whether what is installed is what the lockfile names; optional packages for other systems may be missing.
 * @param {string} lock
 * @param {string} done
 */
function sameTree(lock, done) {
  const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
  const there = JSON.parse(readFileSync(done, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || there[path]?.integrity === entry.integrity,
  );
}
