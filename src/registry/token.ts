import {
  type HttpOptions,
  type HttpResponse,
  httpRequest,
  LIMITS,
  PratiqueError,
  redactUrl,
} from '../kit/index.ts';
import type { Challenge } from './challenge.ts';
import type { Credential } from './config-file.ts';
import { type Asked, protocolError, statusError } from './errors.ts';
import type { RegistrySession } from './session.ts';

/** A token that does not say so lives for a minute. Source: docker/distribution, token authentication. */
const DEFAULT_LIFE_S = 60;
const MAX_LIFE_S = 3_600;
/** Renewed a little before its end, so that it does not end on the way. */
const MARGIN_MS = 10_000;

export interface TokenRequest {
  readonly challenge: Challenge;
  /** Asked for when the challenge names no scope: `repository:library/alpine:pull`. */
  readonly defaultScope: string;
  readonly registryBase: string;
  readonly asked: Asked;
  readonly session: RegistrySession;
  readonly http: HttpOptions;
  /** A token in the session is not taken: it was refused. */
  readonly renew: boolean;
}

/**
 * A bearer token for a challenge: from the session, or from the realm by GET (anonymous or with basic
 * credentials) or, with an identity token, by POST. Throws REGISTRY_AUTH, REGISTRY_PROTOCOL, NETWORK.
 * Source: distribution project, "Token Authentication Specification" and "OAuth2 Token Authentication".
 */
export async function bearerToken(request: TokenRequest): Promise<string> {
  const { challenge, asked, session } = request;
  const { credential } = asked;
  if (credential?.kind === 'registry') return credential.token;
  const realm = realmOf(request);
  const { service = '', scope = request.defaultScope } = challenge.parameters;
  const key = JSON.stringify([realm.href, service, scope, credential?.source ?? '']);
  const kept = session.tokens.get(key);
  if (!request.renew && kept !== undefined && kept.untilMs > performance.now()) return kept.token;
  const response =
    credential?.kind === 'identity'
      ? await post(realm, { service, scope, token: credential.token }, request.http)
      : await get(realm, { service, scope, credential }, request.http);
  if (response.status === 400 || response.status === 401 || response.status === 403) {
    throw await statusError({ ...response, status: 401 }, asked);
  }
  if (response.status !== 200) throw await statusError(response, asked);
  const { token, lifeSeconds } = await parseAnswer(response, asked);
  const untilMs = performance.now() + lifeSeconds * 1000 - MARGIN_MS;
  session.tokens.set(key, { token, untilMs });
  return token;
}

/** Credentials go to the realm over https, or in clear to a host that already hears us in clear. */
function realmOf(request: TokenRequest): URL {
  const { challenge, asked, registryBase } = request;
  const text = challenge.parameters['realm'] ?? '';
  if (!URL.canParse(text)) throw protocolError(asked, 'asks for a token without a realm that is a URL');
  const realm = new URL(text);
  if (realm.protocol !== 'https:' && realm.protocol !== 'http:') {
    throw protocolError(asked, `asks for a token from ${realm.protocol}, which is neither https nor http`);
  }
  if (realm.username !== '' || realm.password !== '') {
    throw protocolError(asked, 'asks for a token from a realm with user info in it');
  }
  const base = new URL(registryBase);
  const inClear =
    realm.protocol === 'http:' && (base.protocol !== 'http:' || base.hostname !== realm.hostname);
  if (inClear && asked.credential !== undefined) {
    throw new PratiqueError(
      'REGISTRY_AUTH',
      `${asked.registry} wants the credentials from ${asked.credential.source} sent without encryption to ${realm.host}, which is refused`,
      { where: redactUrl(realm.href), hint: 'the token server of the registry has to speak https' },
    );
  }
  return realm;
}

function get(
  realm: URL,
  ask: { service: string; scope: string; credential: Credential | undefined },
  http: HttpOptions,
): Promise<HttpResponse> {
  const url = new URL(realm);
  if (ask.service !== '') url.searchParams.set('service', ask.service);
  for (const scope of ask.scope.split(' ')) if (scope !== '') url.searchParams.append('scope', scope);
  const { credential } = ask;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (credential?.kind === 'basic') {
    url.searchParams.set('account', credential.username);
    headers['authorization'] = basicHeader(credential.username, credential.password);
  }
  return httpRequest(url.href, { ...http, headers });
}

function post(
  realm: URL,
  ask: { service: string; scope: string; token: string },
  http: HttpOptions,
): Promise<HttpResponse> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: ask.service,
    client_id: 'pratique',
    scope: ask.scope,
    refresh_token: ask.token,
  });
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  return httpRequest(realm.href, { ...http, method: 'POST', headers, body: form.toString() });
}

/** Source: RFC 7617. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

async function parseAnswer(
  response: HttpResponse,
  asked: Asked,
): Promise<{ token: string; lifeSeconds: number }> {
  let answer: unknown;
  try {
    answer = JSON.parse(await response.text(LIMITS.credentialBytes));
  } catch (error) {
    if (error instanceof PratiqueError) throw error;
    throw protocolError(asked, 'has a token server that answers with something that is not JSON');
  }
  const fields = (answer ?? {}) as { token?: unknown; access_token?: unknown; expires_in?: unknown };
  const token = [fields.token, fields.access_token].find(
    (value) => typeof value === 'string' && value !== '',
  );
  // A token goes into a header: nothing else than visible ASCII may be in it.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw protocolError(asked, 'has a token server that answers without a token');
  }
  const life = typeof fields.expires_in === 'number' ? fields.expires_in : DEFAULT_LIFE_S;
  return { token, lifeSeconds: Math.min(MAX_LIFE_S, Math.max(DEFAULT_LIFE_S, life)) };
}
