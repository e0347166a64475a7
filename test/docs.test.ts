import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../src/kit/index.ts';
import { ROOT } from './kit/source-tree.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the package', () => {
  it('has a command that may be executed', () => {
    const mode = statSync(join(ROOT, 'bin', 'pratique.js')).mode;
    expect(process.platform === 'win32' || (mode & 0o111) === 0o111).toBe(true);
  });
});

describe('the docs say what the code does', () => {
  it('lists every error code with its meaning', () => {
    const rows = [...read('src/kit/errors.ts').matchAll(/\| '([A-Z_]+)'[; ]* *\/\/ (.*)/g)];
    expect(rows.length).toBeGreaterThan(15);
    const docs = read('docs/errors.md');
    for (const [, code, meaning] of rows) expect.soft(docs).toContain(`| \`${code}\` | ${meaning} |`);
  });

  it('lists every limit', () => {
    const docs = read('docs/limits.md');
    for (const name of Object.keys(LIMITS)) expect.soft(docs).toContain(`\`${name}\``);
  });

  it('names in the README only commands and options that exist', () => {
    const commands = [...read('README.md').matchAll(/npx pratique ([a-z-]+)/g)].map((match) => match[1]);
    const list = read('src/cli/commands.ts');
    expect(commands.length).toBeGreaterThan(3);
    for (const name of commands) expect.soft(list).toContain(`name: '${name}'`);
  });
});
