import type { HttpResponse } from '../kit/index.ts';
import { type Descriptor, type Digest, formatReference, isDigest, type Reference } from '../model/index.ts';
import { resumedBlob } from './blob.ts';
import type { RegistryContext } from './context.ts';
import type { Asked } from './errors.ts';
import { type FetchedManifest, MANIFEST_ACCEPT, mediaTypeOf, namedDigest, readManifest } from './manifest.ts';
import { createSession, type RegistrySession } from './session.ts';
import { type Ask, Transport } from './transport.ts';

/** One repository of a registry. Nothing is sent before the first call. */
export interface Repository {
  readonly registry: string;
  readonly repository: string;
  /** Whether the registry answers and lets us in. */
  ping(): Promise<void>;
  /** By tag or digest; the digest is verified. */
  manifest(tagOrDigest: string, signal?: AbortSignal): Promise<FetchedManifest>;
  /** What the registry says of a manifest, without its bytes; a claim. */
  head(tagOrDigest: string, signal?: AbortSignal): Promise<ManifestHead>;
  /** Whether the registry has a blob. */
  hasBlob(descriptor: Pick<Descriptor, 'digest'>, signal?: AbortSignal): Promise<boolean>;
  /**
   * A blob's bytes, resumed where the connection breaks; the caller verifies size and digest. May be called more
   * than once.
   */
  blob(
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    signal?: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
}

export interface ManifestHead {
  readonly mediaType: string;
  readonly digest?: Digest;
  readonly size?: number;
}

/**
 * The client for one repository. Repositories that share a session share tokens. Every method throws
 * PratiqueErrors: REGISTRY_AUTH, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_PROTOCOL, NETWORK, OFFLINE.
 * Source: OCI distribution spec 1.1.
 */
export function openRepository(open: {
  readonly reference: Reference;
  readonly context: RegistryContext;
  readonly session?: RegistrySession;
}): Repository {
  const { reference, context, session = createSession() } = open;
  const { registry, repository } = reference;
  const transport = new Transport(reference, context, session);
  const nameOf = (id: string): string =>
    formatReference({ registry, repository, ...(isDigest(id) ? { digest: id } : { tag: id }) });
  const blobPath = (digest: Digest): string => `${repository}/blobs/${digest}`;
  const askManifest = (id: string, method: 'GET' | 'HEAD', signal: AbortSignal | undefined): Ask => ({
    path: `${repository}/manifests/${id}`,
    name: nameOf(id),
    method,
    headers: { accept: MANIFEST_ACCEPT },
    signal,
  });
  const askedFor = (id: string): Asked => ({ name: nameOf(id), registry, credential: undefined });
  return {
    registry,
    repository,
    ping: async () => {
      await (await transport.send({ path: '', name: registry }, [200])).dump();
    },
    manifest: async (id, signal) => {
      const response = await transport.send(askManifest(id, 'GET', signal), [200]);
      return readManifest(response, id, askedFor(id));
    },
    head: async (id, signal) => {
      const response = await transport.send(askManifest(id, 'HEAD', signal), [200]);
      await response.dump();
      return headOf(response, askedFor(id));
    },
    hasBlob: async ({ digest }, signal) => {
      const ask: Ask = { path: blobPath(digest), name: nameOf(digest), method: 'HEAD', signal };
      const response = await transport.send(ask, [200, 404]);
      await response.dump();
      return response.status === 200;
    },
    blob: async (descriptor, signal) => {
      const where = nameOf(descriptor.digest);
      const path = blobPath(descriptor.digest);
      const ask = (from: number): Promise<HttpResponse> => {
        const headers: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
        return transport.send({ path, name: where, headers, signal }, from === 0 ? [200] : [200, 206]);
      };
      return resumedBlob({ where, descriptor, ask, signal: signal ?? context.signal }, await ask(0));
    },
  };
}

function headOf(response: HttpResponse, asked: Asked): ManifestHead {
  const digest = namedDigest(response, asked);
  const length = response.headers['content-length'] ?? '';
  return {
    mediaType: mediaTypeOf(response),
    ...(digest === undefined ? {} : { digest }),
    ...(/^\d{1,15}$/.test(length) ? { size: Number(length) } : {}),
  };
}
