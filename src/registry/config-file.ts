import { LIMITS, PratiqueError, readIfThere } from '../kit/index.ts';

/** Who we are for a registry. `source` says where it was found, fit for a message. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly source: string }
  /** An OAuth 2 refresh token. */
  | { readonly kind: 'identity'; readonly token: string; readonly source: string }
  /** A bearer token that the registry itself takes. */
  | { readonly kind: 'registry'; readonly token: string; readonly source: string };

/** What we use of Docker's `config.json` or podman's `auth.json`. */
export interface AuthFile {
  readonly path: string;
  readonly auths: ReadonlyMap<string, unknown>;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
}

/** Reads one; undefined when there is none. Throws REGISTRY_AUTH when it is not of its form. */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const bytes = await readIfThere(path, LIMITS.credentialBytes);
  if (bytes === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's message quotes the text around the error, which may be a password.
    throw broken(path, 'is not JSON');
  }
  if (!isObject(content)) throw broken(path, 'is not a JSON object');
  const { auths = {}, credHelpers = {}, credsStore } = content;
  if (!isObject(auths) || !isObject(credHelpers))
    throw broken(path, 'has auths or credHelpers of a wrong form');
  const helpers = Object.entries(credHelpers).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return {
    path,
    auths: new Map(Object.entries(auths)),
    credHelpers: new Map(helpers),
    credsStore: typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined,
  };
}

/**
 * The credential in one `auths` entry; undefined when it is empty, as Docker leaves it beside a credential store.
 * Source: docker/cli `cli/config/types.AuthConfig` and `configfile.decodeAuth`.
 */
export function credentialOf(entry: unknown, key: string, path: string): Credential | undefined {
  if (!isObject(entry)) throw broken(path, `has an entry for ${key} of a wrong form`);
  const source = `${path} (auths, ${key})`;
  const field = (name: string): string => {
    const value = entry[name];
    return typeof value === 'string' ? value : '';
  };
  if (field('registrytoken') !== '') return { kind: 'registry', token: field('registrytoken'), source };
  if (field('identitytoken') !== '') return { kind: 'identity', token: field('identitytoken'), source };
  if (field('auth') !== '') {
    const text = Buffer.from(field('auth'), 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    if (colon < 1) throw broken(path, `has an auth for ${key} that is not base64 of user:password`);
    return basicCredential(text.slice(0, colon), text.slice(colon + 1), source);
  }
  if (field('username') === '') return undefined;
  return basicCredential(field('username'), field('password'), source);
}

/** The user name `<token>` says that the secret is an identity token. */
export function basicCredential(username: string, password: string, source: string): Credential {
  if (username === '<token>') return { kind: 'identity', token: password, source };
  return { kind: 'basic', username, password, source };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(path: string, why: string): PratiqueError {
  return new PratiqueError('REGISTRY_AUTH', `the file with registry credentials ${path} ${why}`, {
    where: path,
    hint: 'repair it, or make it anew with docker login or podman login',
  });
}
