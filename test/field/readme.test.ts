import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mirror, startMirror } from '../kit/mirror.ts';
import { debianImage } from './debian-images.ts';
import { type DebianRegistry, startDebianRegistry } from './debian-registry.ts';
import { pratique, ROOT, tool } from './run.ts';

/**
 * Every `npx pratique` command of the README, run as it stands there, against a registry and a mirror of feeds on
 * loopback: Docker Hub's `debian:12` is Debian's own bookworm in that registry. `npm start` and `npm test` are run by
 * `.ci/run`.
 */
const folder = mkdtempSync(join(tmpdir(), 'pratique-readme-'));
let registry: DebianRegistry;
let mirror: Mirror;

beforeAll(async () => {
  const image = debianImage('bookworm');
  registry = await startDebianRegistry(join(folder, 'registry'));
  tool('skopeo', [
    'copy',
    '--quiet',
    '--dest-tls-verify=false',
    `oci:${image.layout}:bookworm`,
    `docker://${registry.host}/library/debian:12`,
  ]);
  const feeds = join(ROOT, 'examples', 'feeds');
  mirror = await startMirror({
    'tracker/data/json': readFileSync(join(feeds, 'debian/tracker/data/json')),
    'osv-vulnerabilities/PyPI/all.zip': readFileSync(join(feeds, 'osv/PyPI.zip')),
  });
  mkdirSync(join(folder, 'home'));
});
afterAll(async () => {
  await registry.close();
  await mirror.close();
  rmSync(folder, { recursive: true, force: true });
});

const commands = [
  ...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^npx pratique (.+)$|`npx pratique ([^`]+)`/gm),
].map((match) => (match[1] ?? match[2] ?? '').trim());

describe('the commands of the README', () => {
  it('are these', () => {
    expect(commands).toEqual([
      'db update',
      'scan debian:12',
      'explain CVE-2024-2961 debian:12',
      'compare-versions deb 1.0~rc1 1.0',
    ]);
  });

  it('start by npx right in the clone', () => {
    expect(tool('npx', ['pratique', 'version'], { cwd: ROOT })).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  // scan, explain: npm has no feed in this mirror, so they could not tell everything (3).
  it.each(commands.map((command, index) => [command, [0, 3, 3, 0][index]] as const))(
    '%s',
    async (command, code) => {
      const words = command
        .split(' ')
        .map((word) => (word === 'debian:12' ? `${registry.host}/library/debian:12` : word));
      const home = join(folder, 'home');
      const env = {
        HOME: home,
        XDG_CACHE_HOME: join(home, 'cache'),
        XDG_DATA_HOME: join(home, 'data'),
        PRATIQUE_FEEDS_FROM: mirror.base,
      };
      const run = await pratique(words, { env });
      expect(run.code, run.stderr).toBe(code);
      expect(run.stdout.length).toBeGreaterThan(1);
      if (command.startsWith('scan')) expect(run.stdout).toMatch(/111 deb.*15 pypi/s);
      if (command.startsWith('compare')) expect(run.stdout).toBe('<\n');
    },
  );
});
