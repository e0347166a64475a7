import { type HttpResponse, LIMITS, PratiqueError } from '../kit/index.ts';
import type { Credential } from './config-file.ts';

/** What was asked for, for messages. */
export interface Asked {
  /** As the user would write it: `registry.example.com/team/app:1.2`. */
  readonly name: string;
  readonly registry: string;
  readonly credential: Credential | undefined;
}

/**
 * The error for a status that is not the one hoped for: REGISTRY_AUTH (which credentials were used, by their
 * source), REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, else REGISTRY_PROTOCOL. Reads the body's reason.
 * Source: OCI distribution spec 1.1, "Error Codes".
 */
export async function statusError(response: HttpResponse, asked: Asked): Promise<PratiqueError> {
  const reason = await reasonOf(response);
  const said = reason === '' ? '' : ` (${reason})`;
  const { name, registry } = asked;
  const where = name;
  switch (response.status) {
    case 401:
    case 403:
      return new PratiqueError(
        'REGISTRY_AUTH',
        `${registry} does not give access to ${name} ${credentialWords(asked.credential)}${said}`,
        { where, hint: authHint(asked) },
      );
    case 404:
      return new PratiqueError('REGISTRY_NOT_FOUND', `${registry} has no ${name}${said}`, {
        where,
        hint: 'check the spelling of the name and of the tag',
      });
    case 429:
      return new PratiqueError('REGISTRY_RATE_LIMITED', `${registry} allows no more requests now${said}`, {
        where,
        hint: rateHint(asked, response.headers['retry-after']),
      });
    default:
      return new PratiqueError(
        'REGISTRY_PROTOCOL',
        `${registry} answered with status ${response.status} for ${name}${said}`,
        { where, hint: response.status >= 500 ? 'the registry has a fault; try again later' : undefined },
      );
  }
}

/** The answer is not what the specification says. */
export function protocolError(asked: Asked, how: string): PratiqueError {
  return new PratiqueError('REGISTRY_PROTOCOL', `${asked.registry} ${how}`, {
    where: asked.name,
    hint: 'is it a registry, and is no proxy or login page before it?',
  });
}

export function credentialWords(credential: Credential | undefined): string {
  return credential === undefined ? 'without credentials' : `with the credentials from ${credential.source}`;
}

function authHint(asked: Asked): string {
  if (asked.credential !== undefined)
    return `renew them with docker login ${asked.registry}, or check the name`;
  return `it may not exist, or be private: check the name, or log in with docker login ${asked.registry}`;
}

function rateHint(asked: Asked, retryAfter: string | undefined): string {
  const wait =
    retryAfter !== undefined && /^\d{1,7}$/.test(retryAfter) ? ` in ${retryAfter} seconds` : ' later';
  return asked.credential === undefined
    ? `try again${wait}, or log in with docker login ${asked.registry} for a higher limit`
    : `try again${wait}`;
}

/** The first error's code and message, on one line of printable characters. */
async function reasonOf(response: HttpResponse): Promise<string> {
  try {
    const parsed: unknown = JSON.parse(await response.text(LIMITS.registryErrorBytes));
    const { errors } = (parsed ?? {}) as { errors?: unknown };
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    const { code, message } = (first ?? {}) as { code?: unknown; message?: unknown };
    const parts = [code, message].filter((part): part is string => typeof part === 'string' && part !== '');
    return parts
      .join(': ')
      .replace(/[^\x20-\x7e]+/g, ' ')
      .slice(0, 200);
  } catch {
    // A page in HTML, nothing, or too much: the status alone has to do.
    return '';
  }
}
