import type { CommandEntry } from './commands.ts';

/** The first help page: made from the list alone, so that no command is loaded for it. */
export function helpPage(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: pratique COMMAND [options]',
    '',
    'Gives or refuses container images their permission to enter.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    '"pratique COMMAND --help" tells more. Exit codes: 0 allowed, 1 denied, 2 error, 3 could not decide.',
    '',
  ].join('\n');
}
