import { homedir } from 'node:os';
import { join } from 'node:path';
import { PratiqueError } from '../kit/index.ts';
import {
  type AuthFile,
  basicCredential,
  type Credential,
  credentialOf,
  readAuthFile,
} from './config-file.ts';
import type { RegistryContext } from './context.ts';
import { askHelper } from './docker-credential.ts';

/** The key under which Docker keeps its own registry. */
const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_NAMES = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

type CredentialContext = Pick<RegistryContext, 'env' | 'runHelper'>;

/**
 * The credential for a repository; undefined means anonymous. Files, the first with an answer wins:
 * `$REGISTRY_AUTH_FILE` (alone, where set), `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`,
 * `$XDG_RUNTIME_DIR/containers/auth.json` or `~/.config/containers/auth.json`. In a file: `credHelpers`, then
 * `auths` (longest key first), then `credsStore`. Throws REGISTRY_AUTH when a file or helper is broken.
 * Sources: docker/cli `config/configfile`; containers-auth.json(5).
 */
export async function findCredential(
  registry: string,
  repository: string,
  context: CredentialContext,
): Promise<Credential | undefined> {
  const { files, required } = authFiles(context.env);
  for (const path of files) {
    const file = await readAuthFile(path);
    if (file === undefined && required) {
      throw new PratiqueError('REGISTRY_AUTH', `REGISTRY_AUTH_FILE names ${path}, which is not there`, {
        where: path,
      });
    }
    const found = file === undefined ? undefined : await lookIn(file, registry, repository, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

function authFiles(env: CredentialContext['env']): { files: string[]; required: boolean } {
  const named = env['REGISTRY_AUTH_FILE'] ?? '';
  if (named !== '') return { files: [named], required: true };
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const files = [
    join(env['DOCKER_CONFIG'] || join(home, '.docker'), 'config.json'),
    ...(runtime === '' ? [] : [join(runtime, 'containers', 'auth.json')]),
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers', 'auth.json'),
  ];
  return { files, required: false };
}

async function lookIn(
  file: AuthFile,
  registry: string,
  repository: string,
  context: CredentialContext,
): Promise<Credential | undefined> {
  const keys = keysFor(registry, repository);
  const helped = await fromHelpers(file.credHelpers, keys, registry, context);
  if (helped !== undefined) return helped;
  const written = normalised(file.auths);
  for (const key of keys) {
    const entry = written.get(key);
    if (entry === undefined) continue;
    const found = credentialOf(entry.value, entry.key, file.path);
    if (found !== undefined) return found;
  }
  return file.credsStore === undefined ? undefined : fromHelper(file.credsStore, registry, context);
}

/** `host/a/b`, `host/a`, `host`, from the most special on; Docker's own registry under all its names. */
function keysFor(registry: string, repository: string): string[] {
  const hosts = HUB_NAMES.has(registry) ? [...HUB_NAMES] : [registry.toLowerCase()];
  const parts = repository.split('/');
  const paths = parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`);
  return [...paths, ''].flatMap((path) => hosts.map((host) => host + path));
}

/** Keys without scheme and without the `/v1/` or `/v2/` that old clients wrote after the host. */
function normalised(auths: ReadonlyMap<string, unknown>): Map<string, { key: string; value: unknown }> {
  const found = new Map<string, { key: string; value: unknown }>();
  for (const [key, value] of auths) {
    const bare = key.replace(/^https?:\/\//i, '').replace(/\/(?:v[12]\/?)?$/, '');
    const slash = bare.indexOf('/');
    const name = slash === -1 ? bare.toLowerCase() : bare.slice(0, slash).toLowerCase() + bare.slice(slash);
    if (!found.has(name) || name === key) found.set(name, { key, value });
  }
  return found;
}

async function fromHelpers(
  helpers: ReadonlyMap<string, string>,
  keys: readonly string[],
  registry: string,
  context: CredentialContext,
): Promise<Credential | undefined> {
  const all = HUB_NAMES.has(registry) ? [...keys, HUB_KEY] : keys;
  for (const key of all) {
    const helper = helpers.get(key);
    if (helper !== undefined && helper !== '') return fromHelper(helper, registry, context);
  }
  return undefined;
}

async function fromHelper(
  helper: string,
  registry: string,
  context: CredentialContext,
): Promise<Credential | undefined> {
  const server = HUB_NAMES.has(registry) ? HUB_KEY : registry;
  const answer = await askHelper(helper, server, context.env, context.runHelper);
  if (answer === undefined) return undefined;
  return basicCredential(answer.username, answer.secret, `credential helper docker-credential-${helper}`);
}
