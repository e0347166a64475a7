import { createHash } from 'node:crypto';
import { type HttpResponse, LIMITS, PratiqueError } from '../kit/index.ts';
import { type Digest, digestAlgorithm, digestHex, isDigest, MEDIA } from '../model/index.ts';
import { type Asked, protocolError } from './errors.ts';

/** A manifest or index as the registry sent it, its digest checked. */
export interface FetchedManifest {
  readonly bytes: Buffer;
  /** Of the `Content-Type` header, without parameters; empty when it was missing. */
  readonly mediaType: string;
  /** Of the bytes: in the algorithm of the digest that was asked for, else sha256. */
  readonly digest: Digest;
}

export const MANIFEST_ACCEPT = [
  MEDIA.ociIndex,
  MEDIA.ociManifest,
  MEDIA.dockerIndex,
  MEDIA.dockerManifest,
].join(', ');

/**
 * Reads a manifest and holds it against the digest that was asked for and the one that the registry names. Throws
 * DIGEST_MISMATCH, LIMIT_EXCEEDED, UNSUPPORTED (schema 1), REGISTRY_PROTOCOL.
 * Source: OCI distribution spec 1.1, "Pulling manifests".
 */
export async function readManifest(
  response: HttpResponse,
  wanted: string,
  asked: Asked,
): Promise<FetchedManifest> {
  const mediaType = mediaTypeOf(response);
  if (mediaType === MEDIA.dockerSchema1 || mediaType === MEDIA.dockerSchema1Signed) {
    await response.dump();
    throw schema1Error(asked);
  }
  if (mediaType === 'text/html') {
    await response.dump();
    throw protocolError(asked, `answered with a web page instead of the manifest of ${asked.name}`);
  }
  const bytes = await response.bytes(LIMITS.manifestBytes);
  const named = namedDigest(response, asked);
  const digest = digestOf(bytes, isDigest(wanted) ? wanted : undefined);
  if (isDigest(wanted) && digest !== wanted) throw mismatch(asked, 'was asked for', wanted, digest);
  if (named !== undefined) {
    const own = digestOf(bytes, named);
    if (own !== named) throw mismatch(asked, 'is named by the registry', named, own);
  }
  return { bytes, mediaType, digest };
}

export function mediaTypeOf(response: HttpResponse): string {
  return (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The registry's own word on the digest; undefined when it says nothing. */
export function namedDigest(response: HttpResponse, asked: Asked): Digest | undefined {
  const named = response.headers['docker-content-digest'];
  if (named === undefined || named === '') return undefined;
  if (!isDigest(named)) throw protocolError(asked, 'sends a Docker-Content-Digest that is not a digest');
  return named;
}

function digestOf(bytes: Uint8Array, like: Digest | undefined): Digest {
  const algorithm = like === undefined ? 'sha256' : digestAlgorithm(like);
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

function mismatch(asked: Asked, how: string, wanted: Digest, got: Digest): PratiqueError {
  const short = (digest: Digest): string => `${digestAlgorithm(digest)}:${digestHex(digest).slice(0, 12)}`;
  return new PratiqueError(
    'DIGEST_MISMATCH',
    `the manifest of ${asked.name} has the digest ${short(got)}, but ${short(wanted)} ${how}`,
    { where: asked.name, hint: 'the registry, or a proxy before it, changes what it hands out' },
  );
}

function schema1Error(asked: Asked): PratiqueError {
  return new PratiqueError('UNSUPPORTED', `${asked.name} has a manifest of Docker's schema 1`, {
    where: asked.name,
    hint: 'push it again with a Docker of this decade; schema 1 carries no digests that can be relied on',
  });
}
