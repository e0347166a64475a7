import { LIMITS, PratiqueError } from '../kit/index.ts';
import { type Digest, isDigest, type Platform } from '../model/index.ts';
import { Fields } from './fields.ts';
import type { ImageConfig } from './image.ts';
import { parseJson } from './json.ts';
import { sha256Of } from './verify.ts';

const TOP = ['created', 'author', 'architecture', 'os', 'variant', 'config', 'rootfs', 'history'];
const RUN = ['User', 'Env', 'Entrypoint', 'Cmd', 'Labels'];
const ROOTFS = ['type', 'diff_ids'];
const STEP = ['created', 'created_by', 'comment', 'empty_layer'];

/**
 * Reads an image's config, OCI's or Docker's. `digest` is the one that the bytes were verified against; without it
 * their sha256 is taken. Throws INPUT_INVALID when it is none, LIMIT_EXCEEDED past LIMITS.configBytes or
 * LIMITS.layers. Source: OCI image spec 1.1, "OCI Image Configuration"; Docker Image Specification v1.2.
 */
export function parseConfig(bytes: Uint8Array, where: string, digest: Digest = sha256Of(bytes)): ImageConfig {
  const top = new Fields(parseJson(bytes, where, LIMITS.configBytes), 'the image config', where, TOP);
  const run = top.object('config', 'the config section of the image config', RUN);
  const platform = platformOf(top);
  return {
    digest,
    ...optional('created', top.string('created')),
    ...optional('author', top.string('author')),
    ...optional('user', run?.string('User')),
    ...(platform === undefined ? {} : { platform }),
    env: run?.strings('Env') ?? [],
    entrypoint: command(run, 'Entrypoint'),
    cmd: command(run, 'Cmd'),
    labels: run?.map('Labels') ?? {},
    diffIds: diffIdsOf(top),
    history: top.list('history').map((step) => historyOf(step, where)),
  };
}

function platformOf(top: Fields): Platform | undefined {
  const os = top.string('os');
  const architecture = top.string('architecture');
  const variant = top.string('variant');
  if (!os || !architecture) return undefined;
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/** Docker takes one string for a list of one. Source: moby `strslice.StrSlice`. */
function command(run: Fields | undefined, key: 'Entrypoint' | 'Cmd'): readonly string[] {
  if (run === undefined) return [];
  try {
    return run.strings(key);
  } catch (error) {
    const lone = loneString(run, key);
    if (lone === undefined) throw error;
    return [lone];
  }
}

function loneString(run: Fields, key: string): string | undefined {
  try {
    return run.string(key);
  } catch {
    return undefined;
  }
}

function diffIdsOf(top: Fields): readonly Digest[] {
  const rootfs = top.object('rootfs', 'the rootfs section of the image config', ROOTFS);
  if (rootfs === undefined)
    throw top.wrong('the image config has no rootfs, so it does not say which layers it has');
  const type = rootfs.string('type');
  if (type !== undefined && type !== 'layers')
    throw top.wrong(`the image config has a rootfs of type "${type}"`);
  const ids = rootfs.strings('diff_ids');
  if (ids.length > LIMITS.layers) {
    const message = `the image config lists ${ids.length} layers; ${LIMITS.layers} is the limit`;
    throw new PratiqueError('LIMIT_EXCEEDED', message, { where: top.where });
  }
  return ids.map((id) => {
    if (isDigest(id)) return id;
    throw top.wrong(`the image config has a diff id that is not a digest: "${id.slice(0, 100)}"`);
  });
}

function historyOf(step: unknown, where: string): ImageConfig['history'][number] {
  const fields = new Fields(step, 'a history entry of the image config', where, STEP);
  return {
    ...optional('created', fields.string('created')),
    ...optional('createdBy', fields.string('created_by')),
    ...optional('comment', fields.string('comment')),
    emptyLayer: fields.boolean('empty_layer'),
  };
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: string };
}
