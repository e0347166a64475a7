import type { Command } from 'commander';
import type { CommandIo } from './io.ts';

/** A command: what the first help page says of it, and its module, loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ define(io: CommandIo, done: (exitCode: number) => void): Command }>;
}

/** THE LIST of commands, in the order of the help page. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'scan',
    summary: 'say what is in an image and which known vulnerabilities matter',
    load: () => import('./commands/scan.ts'),
  },
  {
    name: 'explain',
    summary: 'tell why a vulnerability counts, does not count, or is hidden',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'compare-versions',
    summary: 'compare two versions in the order of an ecosystem',
    load: () => import('./commands/compare-versions.ts'),
  },
  {
    name: 'db',
    summary: 'update, build, inspect and move the advisory database',
    load: () => import('./commands/db.ts'),
  },
  { name: 'version', summary: 'print the version', load: () => import('./commands/version.ts') },
];
