import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the images of the benchmarks are made and kept between runs. */
export const BENCH_WORK = join(tmpdir(), 'pratique-bench');

export interface BenchImage {
  readonly name: string;
  readonly what: string;
  readonly layout: string;
}

interface Recipe {
  readonly name: string;
  readonly what: string;
  /** Debian packages, a list a layer; the first layer is the base itself. */
  readonly layers: readonly (readonly string[])[];
}

/** Four images from Debian's own archive, from 0.1 to about 4 GB unpacked. */
const RECIPES: readonly Recipe[] = [
  { name: 'S', what: 'bookworm base', layers: [] },
  {
    name: 'J',
    what: 'a Java runtime',
    layers: [['default-jre-headless', 'libspring-core-java', 'libcommons-lang3-java', 'liblogback-java']],
  },
  {
    name: 'M',
    what: 'Python, Node.js, Go, in five layers',
    layers: [['python3-pip', 'python3-scipy'], ['nodejs', 'npm'], ['golang-go'], ['git', 'curl', 'openssl']],
  },
  {
    name: 'L',
    what: 'a builder with everything',
    layers: [
      ['golang', 'default-jdk-headless', 'maven'],
      ['nodejs', 'npm', 'build-essential', 'clang', 'llvm-dev', 'cmake', 'gdb', 'rustc', 'cargo'],
      [
        'python3-pip',
        'python3-scipy',
        'python3-sklearn',
        'python3-pandas',
        'python3-matplotlib',
        'r-base-core',
        'octave',
      ],
      [
        'texlive-latex-extra',
        'texlive-fonts-recommended',
        'libboost-all-dev',
        'qtbase5-dev',
        'libreoffice-core',
        'postgresql',
        'git',
      ],
    ],
  },
];

/** Makes what is missing (needs debootstrap, umoci, root and Debian's archive) and gives what there is. */
export function benchImages(make: boolean): BenchImage[] {
  mkdirSync(BENCH_WORK, { recursive: true });
  return RECIPES.map((recipe) => ({
    name: recipe.name,
    what: recipe.what,
    layout: join(BENCH_WORK, recipe.name),
  })).filter(({ name, layout }) => {
    const recipe = RECIPES.find((candidate) => candidate.name === name);
    if (!existsSync(layout) && make && recipe !== undefined) makeImage(recipe, layout);
    return existsSync(layout);
  });
}

function makeImage(recipe: Recipe, layout: string): void {
  const [unfinished, bundle, base] = [`${layout}.part`, `${layout}.bundle`, join(BENCH_WORK, 'base')];
  for (const path of [unfinished, bundle]) rmSync(path, { recursive: true, force: true });
  if (!existsSync(base)) {
    run('debootstrap', ['--variant=minbase', 'bookworm', `${base}.part`]);
    renameSync(`${base}.part`, base);
  }
  const image = `${unfinished}:bench`;
  run('umoci', ['init', '--layout', unfinished]);
  run('umoci', ['new', '--image', image]);
  run('umoci', ['insert', '--image', image, base, '/']);
  for (const packages of recipe.layers) {
    run('umoci', ['unpack', '--image', image, bundle]);
    const root = join(bundle, 'rootfs');
    run('cp', ['/etc/resolv.conf', join(root, 'etc/resolv.conf')]);
    run('chroot', [root, 'apt-get', 'update', '-qq']);
    install(root, packages);
    run('chroot', [root, 'apt-get', 'clean']);
    run('umoci', ['repack', '--image', image, bundle]);
    rmSync(bundle, { recursive: true, force: true });
  }
  run('umoci', ['gc', '--layout', unfinished]);
  renameSync(unfinished, layout);
}

/** In a mount namespace of its own, since some packages ask for /proc when they are set up. */
function install(root: string, packages: readonly string[]): void {
  const apt =
    'DEBIAN_FRONTEND=noninteractive chroot "$0" apt-get install -y -qq --no-install-recommends "$@"';
  run('unshare', ['--mount', 'sh', '-c', `mount -t proc proc "$0/proc" && ${apt}`, root, ...packages]);
}

function run(command: string, words: readonly string[]): void {
  const result = spawnSync(command, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, HOME: '/root' },
  });
  if (result.status !== 0)
    throw new Error(`${command} ${words.join(' ')}: ${result.stderr?.slice(-2000) ?? result.error?.message}`);
}

/** The packed bytes of a layout's blobs. */
export function blobBytes(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + statSync(path).size, 0);
}
