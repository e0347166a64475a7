import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Image, ImageSource, Missed, SourceContext } from '../image.ts';
import { locate } from '../locate.ts';
import { walkTree } from './rootfs/tree.ts';

/**
 * A folder that holds a root file system: an unpacked image, a chroot, the mount of a disk. It has no manifest, no
 * config and no digest; it is one layer that is walked in place.
 */
export const rootfsSource: ImageSource = {
  name: 'rootfs',
  forms: ['rootfs:PATH', 'PATH of a folder with an os-release or a package database'],
  prefixes: ['rootfs:'],
  open: openRootfs,
};

/** Any of these makes a folder a root file system without being told. */
const SIGNS = [
  'etc/os-release',
  'usr/lib/os-release',
  'etc/alpine-release',
  'etc/debian_version',
  'var/lib/dpkg',
  'lib/apk/db',
  'usr/lib/apk/db',
  'var/lib/rpm',
  'usr/lib/sysimage/rpm',
];

async function openRootfs(input: string, context: SourceContext, prefix?: string): Promise<Image | Missed> {
  const found = await locate(input, prefix);
  if ('missed' in found) return found;
  if (found.kind !== 'folder') return { missed: 'it is not a folder' };
  if (prefix === undefined && !(await hasSign(found.path))) {
    return {
      missed: `it has none of ${SIGNS.slice(0, 5).join(', ')} …; rootfs:${input} takes it as one anyway`,
    };
  }
  const { path } = found;
  return {
    name: `${prefix ?? ''}${input}`,
    source: 'rootfs',
    ...(context.platform === undefined ? {} : { platform: context.platform }),
    annotations: {},
    config: { env: [], entrypoint: [], cmd: [], labels: {}, diffIds: [], history: [] },
    layers: [{ kind: 'tree', ref: { index: 0 }, walk: (handler, signal) => walkTree(path, handler, signal) }],
    close: async () => undefined,
  };
}

async function hasSign(root: string): Promise<boolean> {
  for (const sign of SIGNS) {
    if (await exists(join(root, ...sign.split('/')))) return true;
  }
  return false;
}

/** The thing itself, a link not followed: it could lead out of the tree. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
