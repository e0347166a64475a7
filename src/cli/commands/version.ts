import { Command } from 'commander';
import type { CommandIo } from '../io.ts';
import { packageVersion } from '../version.ts';

export function define(io: CommandIo, done: (exitCode: number) => void): Command {
  return new Command('version').description('print the version').action(() => {
    io.stdout.write(`${packageVersion()}\n`);
    done(0);
  });
}
