import { PratiqueError } from '../../kit/index.ts';
import { parseReference, type Reference } from '../../model/index.ts';
import {
  createSession,
  openRepository,
  type RegistrySession,
  type Repository,
} from '../../registry/index.ts';
import type { Image, ImageSource, Missed, SourceContext } from '../image.ts';
import { type BlobStore, resolveImage } from '../resolve.ts';

/**
 * Images in a registry: `alpine`, `ghcr.io/owner/app:1.2`, `host:5000/app@sha256:…`. A name without a prefix is
 * tried as containerd reads it; what is no image name is not ours.
 */
export const remoteSource: ImageSource = {
  name: 'registry',
  forms: ['NAME[:TAG][@DIGEST]', 'registry:NAME[:TAG][@DIGEST]', 'docker://NAME[:TAG][@DIGEST]'],
  prefixes: ['registry:', 'docker://'],
  open,
};

/** Images that are opened in one context share tokens and what was learnt about each host. */
const sessions = new WeakMap<SourceContext, RegistrySession>();

async function open(input: string, context: SourceContext, prefix?: string): Promise<Image | Missed> {
  const reference = parseReference(input);
  if ('invalid' in reference) {
    if (prefix === undefined) return { missed: `not an image name, ${reference.invalid}` };
    throw new PratiqueError('USAGE', `${input} is not an image name: ${reference.invalid}`, { where: input });
  }
  const repository = openRepository({ reference, context, session: sessionOf(context) });
  const root = await repository.manifest(idOf(reference), context.signal);
  return resolveImage(storeOf(repository), root, {
    name: input,
    source: remoteSource.name,
    platform: context.platform,
    signal: context.signal,
  });
}

function sessionOf(context: SourceContext): RegistrySession {
  const kept = sessions.get(context) ?? createSession();
  sessions.set(context, kept);
  return kept;
}

/** A digest says more than a tag, so the tag beside it is not looked at. */
function idOf(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

function storeOf(repository: Repository): BlobStore {
  return {
    complete: false,
    fetchManifest: async ({ digest }, signal) => (await repository.manifest(digest, signal)).bytes,
    fetchBlob: async (descriptor, signal) => {
      const chunks: Uint8Array[] = [];
      // No more than the descriptor's size arrives, which the caller has bounded.
      for await (const chunk of await repository.blob(descriptor, signal)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    openBlob: (descriptor, signal) => repository.blob(descriptor, signal),
    has: (descriptor, signal) => repository.hasBlob(descriptor, signal),
    close: async () => undefined,
  };
}
