import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  /** Paths of ours that it imports, dynamic imports and type imports included. */
  readonly imports: readonly string[];
  /** Packages and `node:` modules that it imports. */
  readonly packages: readonly string[];
}

/** Every TypeScript file below a folder, tests left out. */
export function sourceFiles(folder: string): SourceFile[] {
  return walk(join(ROOT, folder))
    .filter(
      (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes(`${sep}testdata${sep}`),
    )
    .map(readSource);
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;'"`]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g;

function readSource(absolute: string): SourceFile {
  const path = relative(ROOT, absolute).split(sep).join('/');
  const text = readFileSync(absolute, 'utf8');
  const names = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return {
    path,
    text,
    lines: text.split('\n').length - 1,
    imports: names
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.normalize(posix.join(posix.dirname(path), name))),
    packages: names.filter((name) => !name.startsWith('.')),
  };
}
