import { truncateSync, unlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../../../test/kit/context.ts';
import type { Entry, EntryHandler } from '../../archive/index.ts';
import { LIMITS } from '../../kit/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { Image, TreeLayer } from '../image.ts';
import { rootfsSource } from './rootfs.ts';

const POSIX = process.platform !== 'win32';
const ROOT = process.getuid?.() === 0;

let base = '';
let count = 0;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'rootfs-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function tree(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(base, String(++count));
  await mkdir(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

async function open(folder: string, prefix?: string): Promise<Image> {
  const opened = await rootfsSource.open(folder, contextOf(), prefix);
  if ('missed' in opened) throw new Error(`missed: ${opened.missed}`);
  return opened;
}

interface Walked {
  readonly entries: Entry[];
  readonly paths: string[];
  readonly bodies: Map<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

async function walk(folder: string, wanted: (entry: Entry) => boolean = () => true): Promise<Walked> {
  const image = await open(folder, 'rootfs:');
  const entries: Entry[] = [];
  const bodies = new Map<string, string>();
  let current = '';
  const handler: EntryHandler = {
    entry: (entry) => {
      entries.push(entry);
      current = entry.path;
      return wanted(entry);
    },
    data: (chunk) => bodies.set(current, (bodies.get(current) ?? '') + Buffer.from(chunk).toString()),
    end: () => bodies.set(current, bodies.get(current) ?? ''),
  };
  const diagnostics = await (image.layers[0] as TreeLayer).walk(handler);
  return { entries, paths: entries.map(({ path }) => path), bodies, diagnostics };
}

const unknowns = (walked: Walked): Diagnostic[] => walked.diagnostics.filter(({ unknown }) => unknown);

describe('a root file system folder', () => {
  it.each(['etc/os-release', 'usr/lib/os-release', 'var/lib/dpkg/status', 'lib/apk/db/installed'])(
    'is recognised by %s',
    async (path) => {
      const folder = await tree({ [path]: '' });
      expect(await open(folder)).toMatchObject({
        name: folder,
        source: 'rootfs',
        layers: [{ kind: 'tree' }],
      });
    },
  );

  it('is not guessed, but can be insisted on', async () => {
    const folder = await tree({ 'readme.txt': '' });
    await expect(open(folder)).rejects.toThrow('rootfs:');
    expect((await open(folder, 'rootfs:')).name).toBe(`rootfs:${folder}`);
    await expect(open(join(folder, 'readme.txt'), 'rootfs:')).rejects.toThrow('not a folder');
    await expect(open(join(folder, 'nowhere'), 'rootfs:')).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('is walked in sorted order, folders before what is in them', async () => {
    const folder = await tree({ 'b/z': '1', 'b/a': '22', 'a.txt': '', 'B/c/d': '', 'b.txt': '' });
    const walked = await walk(folder);
    expect(walked.paths).toEqual(['B', 'B/c', 'B/c/d', 'a.txt', 'b', 'b/a', 'b/z', 'b.txt']);
    expect(walked.entries.map(({ type }) => type)).toEqual([
      'folder',
      'folder',
      'file',
      'file',
      'folder',
      'file',
      'file',
      'file',
    ]);
    expect(walked.bodies.get('b/a')).toBe('22');
    expect(walked.bodies.get('a.txt')).toBe('');
    expect(unknowns(walked)).toEqual([]);
  });

  it('gives only the bodies that are wanted, in whole', async () => {
    const large = 'x'.repeat(1_000_000);
    const folder = await tree({ large, small: 'no' });
    const walked = await walk(folder, ({ path }) => path === 'large');
    expect(walked.bodies.get('large')).toBe(large);
    expect(walked.bodies.has('small')).toBe(false);
    expect(walked.entries.map(({ size }) => size)).toEqual([1_000_000, 2]);
  });

  it.skipIf(!POSIX)('never follows a link', async () => {
    const outside = await tree({ 'secret/file': 'secret' });
    const folder = await tree({ 'etc/os-release': '' });
    await symlink(outside, join(folder, 'out'));
    await symlink('../..', join(folder, 'etc', 'up'));
    await symlink('loop', join(folder, 'loop'));
    const walked = await walk(folder);
    expect(walked.paths).toEqual(['etc', 'etc/os-release', 'etc/up', 'loop', 'out']);
    expect(walked.entries.at(-1)).toMatchObject({ type: 'symlink', linkTarget: outside, size: 0 });
  });

  it.skipIf(!POSIX)('hands over modes, and sockets as nothing that has a body', async () => {
    const folder = await tree({ 'bin/su': '' });
    await chmod(join(folder, 'bin/su'), 0o4755);
    const server = createServer().listen(join(folder, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const walked = await walk(folder);
    await new Promise((resolve) => server.close(resolve));
    expect(walked.entries[1]).toMatchObject({ path: 'bin/su', mode: 0o4755, uid: process.getuid?.() });
    expect(walked.entries[2]).toMatchObject({ path: 'socket', type: 'other', size: 0 });
  });

  if (POSIX && !ROOT)
    it('says what it could not read', async () => {
      const folder = await tree({ 'closed/file': '', locked: 'x', open: 'y' });
      await chmod(join(folder, 'closed'), 0o000);
      await chmod(join(folder, 'locked'), 0o000);
      const walked = await walk(folder);
      await chmod(join(folder, 'closed'), 0o700);
      expect(unknowns(walked).map(({ code, where }) => `${code} ${where}`)).toEqual([
        'unreadable-file closed',
        'unreadable-file locked',
      ]);
      expect(walked.bodies.get('open')).toBe('y');
    });

  it('says what vanished or shrank while it was walked', async () => {
    const folder = await tree({ a: 'a', gone: 'x', shrunk: 'x'.repeat(100), z: 'z' });
    const walked = await walk(folder, ({ path }) => {
      if (path === 'a') unlinkSync(join(folder, 'gone'));
      if (path === 'shrunk') truncateSync(join(folder, 'shrunk'), 40);
      return true;
    });
    expect(unknowns(walked).map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'gone: gone could not be read: ENOENT',
      'shrunk: shrunk could not be read: it ends 60 bytes early: it changed while it was read',
    ]);
    expect(walked.bodies.get('z')).toBe('z');
  });

  it.skipIf(process.platform !== 'linux')('takes names that are no UTF-8', async () => {
    const folder = await tree({ 'etc/os-release': '' });
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), 'body');
    const walked = await walk(folder);
    expect(unknowns(walked)).toEqual([]);
    expect([...walked.bodies.values()]).toContain('body');
  });

  it('bounds how deep folders nest', async () => {
    const folder = await tree({});
    await mkdir(join(folder, ...Array(LIMITS.pathDepth + 1).fill('d')), { recursive: true });
    await expect(walk(folder)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('stops when told', async () => {
    const image = await open(await tree({ a: '' }), 'rootfs:');
    const handler = { entry: () => false, data: () => undefined, end: () => undefined };
    const walking = (image.layers[0] as TreeLayer).walk(handler, AbortSignal.abort(new Error('enough')));
    await expect(walking).rejects.toThrow('enough');
  });

  it("passes on the handler's own errors", async () => {
    const image = await open(await tree({ a: '' }), 'rootfs:');
    const handler = {
      entry: () => {
        throw Object.assign(new Error('full'), { code: 'LIMIT_EXCEEDED' });
      },
      data: () => undefined,
      end: () => undefined,
    };
    await expect((image.layers[0] as TreeLayer).walk(handler)).rejects.toThrow('full');
  });
});
