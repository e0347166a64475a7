import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tool } from './run.ts';

/** Where real images are made and kept between runs. */
export const WORK = join(tmpdir(), 'pratique-field');

export interface DebianImage {
  readonly suite: string;
  /** The root file system as debootstrap left it, with the programs laid over it. */
  readonly root: string;
  /** OCI layout: layer 0 is the base, layer 1 the programs. */
  readonly layout: string;
  readonly programs: string;
}

const PIP = ['requests==2.31.0', 'Flask==3.0.0', 'ruamel.yaml==0.18.5'];
const NPM = ['express@4.18.2', '@types/node@20.10.0'];

/**
 * A real image from Debian's own archive: debootstrap for the base, pip, npm and Go programs in a second layer.
 * Made once, then kept: each step lands by rename, so a broken run leaves nothing half made.
 */
export function debianImage(suite: 'bookworm' | 'trixie'): DebianImage {
  const folder = join(WORK, suite);
  const [root, layout, programs] = [join(folder, 'root'), join(folder, 'layout'), join(folder, 'programs')];
  mkdirSync(folder, { recursive: true });
  once(join(folder, 'base'), (target) => {
    tool('debootstrap', ['--variant=minbase', '--include=python3,python3-six', suite, target]);
    for (const name of ['var/cache/apt/archives', 'var/lib/apt/lists', 'dev'])
      rmSync(join(target, name), { recursive: true, force: true });
  });
  once(programs, makePrograms);
  once(root, (target) => {
    tool('cp', ['-a', join(folder, 'base'), target]);
    cpSync(programs, target, { recursive: true, verbatimSymlinks: true });
  });
  once(layout, (target) => {
    tool('umoci', ['init', '--layout', target]);
    tool('umoci', ['new', '--image', `${target}:${suite}`]);
    tool('umoci', ['insert', '--image', `${target}:${suite}`, join(folder, 'base'), '/']);
    tool('umoci', ['insert', '--image', `${target}:${suite}`, programs, '/']);
  });
  return { suite, root, layout, programs };
}

function once(target: string, make: (target: string) => void): void {
  if (existsSync(target)) return;
  const unfinished = `${target}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  make(unfinished);
  renameSync(unfinished, target);
}

function makePrograms(target: string): void {
  const site = join(target, 'usr/local/lib/python3/dist-packages');
  mkdirSync(site, { recursive: true });
  tool('pip3', ['install', '--quiet', '--no-compile', '--target', site, ...PIP]);
  tool('npm', [
    'install',
    '--global',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefix',
    join(target, 'usr/local'),
    ...NPM,
  ]);
  goProgram(join(target, 'usr/local/bin/greet'));
}

function goProgram(output: string): void {
  const source = join(WORK, 'go-source');
  mkdirSync(source, { recursive: true });
  writeFileSync(
    join(source, 'go.mod'),
    'module example.com/greet\n\ngo 1.21\n\nrequire (\n\tgithub.com/google/uuid v1.3.0\n\tgolang.org/x/text v0.3.7\n)\n',
  );
  const imports = '\t"fmt"\n\n\t"github.com/google/uuid"\n\t"golang.org/x/text/language"';
  writeFileSync(
    join(source, 'main.go'),
    `package main\n\nimport (\n${imports}\n)\n\nfunc main() { fmt.Println(uuid.New(), language.English) }\n`,
  );
  tool('go', ['mod', 'tidy'], { cwd: source, env: { GOFLAGS: '-mod=mod' } });
  tool('go', ['build', '-trimpath', '-o', output, '.'], { cwd: source, env: { CGO_ENABLED: '0' } });
}
