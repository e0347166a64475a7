import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/report/index.ts';
import { ROOT, tool } from './run.ts';

/**
 * What a user without rights meets: root reads everything, so these run the published form as nobody (65534), from a
 * folder that everybody may read.
 */
const NOBODY = 65_534;
const folder = mkdtempSync(join(tmpdir(), 'pratique-nobody-'));
const root = join(folder, 'root');

beforeAll(() => {
  tool(process.execPath, [join(ROOT, 'tools', 'pack.ts')]);
  cpSync(join(ROOT, '.pack'), join(folder, 'pack'), { recursive: true });
  cpSync(process.execPath, join(folder, 'node'));
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  mkdirSync(join(root, 'etc'));
  mkdirSync(join(root, 'closed'));
  writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\n');
  writeFileSync(
    join(root, 'var/lib/dpkg/status'),
    'Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n',
  );
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const line = [
    join(folder, 'pack/bin/pratique.js'),
    'scan',
    `rootfs:${root}`,
    '--packages-only',
    '--format',
    'json',
    ...words,
  ];
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
  return spawnSync(join(folder, 'node'), line, { uid: NOBODY, gid: NOBODY, cwd: '/', env, encoding: 'utf8' });
}

describe('scanning as nobody', () => {
  it('works without a home to keep a cache in', () => {
    const run = scan();
    expect(run.status, run.stderr).toBe(0);
    expect((JSON.parse(run.stdout) as ScanReport).packages.map((pkg) => pkg.name)).toEqual(['a']);
  });

  it('says which folder it could not read, and does not call the result complete', () => {
    chmodSync(join(root, 'closed'), 0o700);
    const run = scan('--no-cache');
    expect(run.status, run.stderr).toBe(3);
    const report: ScanReport = JSON.parse(run.stdout);
    expect(report.diagnostics).toContainEqual(expect.objectContaining({ unknown: true, where: 'closed' }));
    chmodSync(join(root, 'closed'), 0o755);
  });

  it('says which file it could not read', () => {
    chmodSync(join(root, 'var/lib/dpkg/status'), 0o600);
    const run = scan('--no-cache');
    expect(run.status, run.stderr).toBe(3);
    const report: ScanReport = JSON.parse(run.stdout);
    expect(report.diagnostics).toContainEqual(
      expect.objectContaining({ unknown: true, where: 'var/lib/dpkg/status' }),
    );
    chmodSync(join(root, 'var/lib/dpkg/status'), 0o644);
  });
});
