import { type Digest, isDigest } from './digest.ts';

/** An image name as containerd normalises it; `docker.io/library/alpine:3.20`. */
export interface Reference {
  /** Registry host with port as written; `docker.io` where none was given. */
  readonly registry: string;
  /** `library/alpine`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HOST =
  /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]{1,5})?$/;

/**
 * Parses a short or full name; without tag and digest the tag is `latest`. Returns the reason, in words, when
 * it is not a reference. Source: github.com/distribution/reference, `ParseNormalizedNamed`.
 */
export function parseReference(text: string): Reference | { readonly invalid: string } {
  if (text.length > 4096) return { invalid: 'it is longer than 4096 characters' };
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) {
    return { invalid: `"${digest}" is not a digest (sha256: and 64 hexadecimal digits)` };
  }
  const named = at === -1 ? text : text.slice(0, at);
  const { name, tag } = splitTag(named);
  if (tag !== undefined && !TAG.test(tag)) return { invalid: `"${tag}" is not a tag` };
  const { registry, repository } = splitRegistry(name);
  if (!HOST.test(registry)) return { invalid: `"${registry}" is not a registry host` };
  if (repository.length > 255) return { invalid: 'the repository is longer than 255 characters' };
  const wrong = repository.split('/').find((part) => !PART.test(part));
  if (wrong !== undefined) {
    const lower = PART.test(wrong.toLowerCase()) ? '; repository names are lower case' : '';
    return { invalid: `"${wrong}" is not a part of a repository name${lower}` };
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? (digest === undefined ? { tag: 'latest' } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The full, canonical form. */
export function formatReference(ref: Reference): string {
  const tag = ref.tag === undefined ? '' : `:${ref.tag}`;
  const digest = ref.digest === undefined ? '' : `@${ref.digest}`;
  return `${ref.registry}/${ref.repository}${tag}${digest}`;
}

function splitTag(named: string): { name: string; tag?: string } {
  const colon = named.lastIndexOf(':');
  if (colon === -1 || named.indexOf('/', colon) !== -1) return { name: named };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1) };
}

function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost =
    first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = isHost ? first : 'docker.io';
  const rest = isHost ? name.slice(slash + 1) : name;
  const hub = registry === 'docker.io' || registry === 'index.docker.io';
  if (!hub) return { registry, repository: rest };
  return { registry: 'docker.io', repository: rest.includes('/') ? rest : `library/${rest}` };
}
