import {
  type HttpOptions,
  type HttpResponse,
  httpRequest,
  isLoopbackHost,
  networkCode,
  PratiqueError,
} from '../kit/index.ts';
import type { Reference } from '../model/index.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credential } from './config-file.ts';
import type { RegistryContext } from './context.ts';
import { findCredential } from './credentials.ts';
import { type Asked, statusError } from './errors.ts';
import type { RegistrySession } from './session.ts';
import { basicHeader, bearerToken } from './token.ts';

export interface Ask {
  /** Below `/v2/`. */
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Speaks with one repository: finds out https or http, proves who we are when asked, and gives back the answers
 * that were hoped for; every other status is an error.
 */
export class Transport {
  readonly #target: Reference;
  readonly #context: RegistryContext;
  readonly #session: RegistrySession;
  readonly #insecure: boolean;
  /** Looked up once, when the registry first asks. */
  #credential: { readonly value: Credential | undefined } | undefined;
  #authorization: string | undefined;

  constructor(target: Reference, context: RegistryContext, session: RegistrySession) {
    this.#target = target;
    this.#context = context;
    this.#session = session;
    this.#insecure = context.insecureRegistries.some(
      (host) => host.toLowerCase() === target.registry.toLowerCase(),
    );
  }

  /** Throws REGISTRY_AUTH, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_PROTOCOL, NETWORK, OFFLINE. */
  async send(ask: Ask, hopedFor: readonly number[]): Promise<HttpResponse> {
    const base = await this.#base();
    const url = `${base}/v2/${ask.path}`;
    const sent = this.#authorization;
    let response = await httpRequest(url, this.#options(ask));
    if (response.status === 401) response = await this.#authorized(url, ask, response, sent);
    if (hopedFor.includes(response.status)) return response;
    throw await statusError(response, this.#asked(ask));
  }

  /** Up to two more tries: with a credential or a kept token, then with a new token where that one was old. */
  async #authorized(
    url: string,
    ask: Ask,
    refused: HttpResponse,
    refusedWith: string | undefined,
  ): Promise<HttpResponse> {
    let response = refused;
    let sent = refusedWith;
    for (const renew of [false, true]) {
      const challenges = parseChallenges(response.headers['www-authenticate']);
      this.#credential ??= {
        value: await findCredential(this.#target.registry, this.#target.repository, this.#context),
      };
      const next = await this.#answer(challenges, ask, renew);
      if (next === undefined) return response;
      if (next === sent) continue;
      await response.dump();
      this.#authorization = next;
      sent = next;
      response = await httpRequest(url, this.#options(ask));
      if (response.status !== 401) return response;
    }
    return response;
  }

  /** The `Authorization` that answers a challenge; undefined when there is nothing to answer with. */
  async #answer(challenges: readonly Challenge[], ask: Ask, renew: boolean): Promise<string | undefined> {
    const credential = this.#credential?.value;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) {
      const token = await bearerToken({
        challenge: bearer,
        defaultScope: `repository:${this.#target.repository}:pull`,
        registryBase: await this.#base(),
        asked: this.#asked(ask),
        session: this.#session,
        http: this.#httpOptions(ask.signal, this.#insecure),
        renew,
      });
      return `Bearer ${token}`;
    }
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    if (!basic || credential?.kind !== 'basic') return undefined;
    return basicHeader(credential.username, credential.password);
  }

  /** `https://host`; plain http only for loopback hosts and for registries that the user calls insecure. */
  async #base(): Promise<string> {
    const { registry } = this.#target;
    const kept = this.#session.bases.get(registry);
    if (kept !== undefined) return kept;
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    let base = `https://${host}`;
    if (!URL.canParse(base)) throw new PratiqueError('USAGE', `${registry} is not a registry host`);
    const mayBePlain = this.#insecure || isLoopbackHost(new URL(base).hostname);
    if (mayBePlain && !(await this.#speaksTls(base))) base = `http://${host}`;
    this.#session.bases.set(registry, base);
    return base;
  }

  async #speaksTls(base: string): Promise<boolean> {
    try {
      const options = {
        ...this.#httpOptions(this.#context.signal, this.#insecure),
        retries: 0,
        maxRedirects: 0,
      };
      await (await httpRequest(`${base}/v2/`, options)).dump();
      return true;
    } catch (error) {
      if (error instanceof PratiqueError && error.code === 'NETWORK' && isNoTls(error.cause)) return false;
      throw error;
    }
  }

  #options(ask: Ask): HttpOptions {
    const headers = {
      ...ask.headers,
      ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
    };
    return { ...this.#httpOptions(ask.signal, this.#insecure), method: ask.method ?? 'GET', headers };
  }

  #httpOptions(signal: AbortSignal | undefined, insecure: boolean): HttpOptions {
    const { log, offline, env, limits, sleep } = this.#context;
    return {
      log,
      offline,
      env,
      signal: signal ?? this.#context.signal,
      ...(insecure ? { tls: { insecure } } : {}),
      ...(limits === undefined ? {} : { limits }),
      ...(sleep === undefined ? {} : { sleep }),
    };
  }

  #asked(ask: Ask): Asked {
    return { name: ask.name, registry: this.#target.registry, credential: this.#credential?.value };
  }
}

/** The peer does not speak TLS at all; a certificate that is not trusted does not count. */
function isNoTls(cause: unknown): boolean {
  const code = networkCode(cause) ?? '';
  return (
    code === 'EPROTO' ||
    code === 'ECONNREFUSED' ||
    code === 'ECONNRESET' ||
    code === 'UND_ERR_SOCKET' ||
    code.startsWith('ERR_SSL_')
  );
}
