// @ts-check
// Plain JavaScript that Node 20 can parse: finds the Node.js that this project runs on.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The oldest Node.js that runs the sources as they are. */
export const NODE_MIN = /** @type {const} */ ([24, 15]);

/**
 * The path of a fitting Node.js: the one that runs this, where it is new enough, else the one that the project
 * brings along as a package. Undefined when there is neither.
 * @returns {string | undefined}
 */
export function findNode() {
  if (fits(process.versions.node)) return process.execPath;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${os}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What to tell the user when `findNode` found nothing. */
export function noNodeMessage() {
  const min = NODE_MIN.join('.');
  return (
    `pratique needs Node.js ${min} or newer; this is ${process.versions.node} on ${process.platform}-${process.arch}.\n` +
    'On Linux (x64, arm64, glibc) and Windows x64 "npm ci --ignore-scripts" brings a fitting one along; ' +
    `elsewhere install Node.js ${min} or newer.\n`
  );
}

/** @param {string} version */
function fits(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
}
