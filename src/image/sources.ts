import { fileKind, PratiqueError } from '../kit/index.ts';
import type { Image, ImageSource, Missed, SourceContext } from './image.ts';
import { archiveSource } from './sources/archive.ts';
import { layoutSource } from './sources/layout.ts';
import { remoteSource } from './sources/remote.ts';
import { rootfsSource } from './sources/rootfs.ts';

/** THE LIST of places that an image can come from, in the order in which they are asked. */
export const SOURCES: readonly ImageSource[] = [layoutSource, archiveSource, rootfsSource, remoteSource];

/** No file system takes longer paths; references are shorter still. */
const MAX_INPUT = 4096;

/**
 * Opens what the user named. An explicit prefix (`oci:`, `docker://`) decides the source; else a path that exists is
 * on this disk, and everything else is a name in a registry. Throws INPUT_NOT_FOUND, INPUT_UNRECOGNISED (which says
 * what each source missed), USAGE, and what the source throws. The caller closes the image.
 */
export async function openImage(input: string, context: SourceContext): Promise<Image> {
  if (input === '' || input.length > MAX_INPUT || input.includes('\0')) {
    throw new PratiqueError('USAGE', 'the image has no usable name', { hint: 'name a reference or a path' });
  }
  const explicit = explicitSource(input);
  if (explicit !== undefined) return openExplicit(input, explicit, context);
  const isThere = (await fileKind(input)) !== undefined;
  if (!isThere) refuseCredentials(input);
  if (!isThere && looksLikePath(input)) throw notFound(input);
  const misses: string[] = [];
  for (const source of SOURCES) {
    if (isThere && source === remoteSource) continue;
    const opened = await source.open(input, context);
    if (!isMissed(opened)) return opened;
    misses.push(`${source.name}: ${opened.missed}`);
  }
  throw isThere ? unrecognised(input, misses) : nowhere(input, misses.at(-1));
}

interface Explicit {
  readonly source: ImageSource;
  readonly prefix: string;
}

function explicitSource(input: string): Explicit | undefined {
  for (const source of SOURCES) {
    const prefix = source.prefixes.find((candidate) => input.startsWith(candidate));
    if (prefix !== undefined) return { source, prefix };
  }
  return undefined;
}

async function openExplicit(
  input: string,
  { source, prefix }: Explicit,
  context: SourceContext,
): Promise<Image> {
  const rest = input.slice(prefix.length);
  if (rest === '') {
    const hint = `write ${source.forms.join(' or ')}`;
    throw new PratiqueError('USAGE', `nothing follows ${prefix}`, { where: input, hint });
  }
  if (source === remoteSource) refuseCredentials(rest);
  const opened = await source.open(rest, context, prefix);
  if (!isMissed(opened)) return opened;
  const message = `this is not what ${prefix} promises: ${opened.missed}`;
  throw new PratiqueError('INPUT_UNRECOGNISED', message, { where: input });
}

/** `user:password@host/name`: said without being repeated, since messages end in logs. */
function refuseCredentials(input: string): void {
  if (!/^(?:https?:\/\/)?[^/@]*:[^/@]*@[^/@]+\//.test(input)) return;
  throw new PratiqueError('USAGE', 'an image name holds no user name and password', {
    hint: 'log in with docker login HOST or podman login HOST, and leave them away',
  });
}

function isMissed(opened: Image | Missed): opened is Missed {
  return 'missed' in opened;
}

/** What nobody writes for a reference; such a name must not be sent to a registry because of a typing error. */
function looksLikePath(input: string): boolean {
  return (
    /^(?:\.{0,2}[/\\]|\.{1,2}$|~|[A-Za-z]:[/\\])/.test(input) || /\.(?:tar|tgz|tar\.[a-z0-9]+)$/.test(input)
  );
}

function notFound(input: string): PratiqueError {
  return new PratiqueError('INPUT_NOT_FOUND', `there is no file or folder ${input}`, {
    where: input,
    hint: 'an image in a registry can be written docker://NAME',
  });
}

function nowhere(input: string, miss: string | undefined): PratiqueError {
  const message = 'there is no such file or folder, and it is no image name';
  return new PratiqueError('INPUT_NOT_FOUND', miss === undefined ? message : `${message} (${miss})`, {
    where: input,
  });
}

function unrecognised(input: string, misses: readonly string[]): PratiqueError {
  return new PratiqueError(
    'INPUT_UNRECOGNISED',
    `it is there, but is no image that can be opened: ${misses.join('; ')}`,
    { where: input, hint: 'for an image in a registry that is called the same, write docker://NAME' },
  );
}
