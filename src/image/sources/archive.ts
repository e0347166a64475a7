import { PratiqueError } from '../../kit/index.ts';
import type { Image, ImageSource, Missed, SourceContext } from '../image.ts';
import { type Located, locate } from '../locate.ts';
import { openOciLayout } from '../oci-layout.ts';
import type { ResolveRequest } from '../resolve.ts';
import { agreesWithManifest, openDockerSave } from './archive/docker-save.ts';
import { openTarFile, type TarFile } from './archive/tar-file.ts';

/**
 * One file that holds an image: what `docker save`, `podman save`, `skopeo copy` and `buildx --output type=oci`
 * write, plain or packed with gzip or zstd. What it is, its content says, never its name. See `openTarFile` for what
 * a packed archive costs.
 */
export const archiveSource: ImageSource = {
  name: 'archive',
  forms: [
    'docker-archive:PATH',
    'docker-archive:PATH:NAME:TAG',
    'oci-archive:PATH',
    'oci-archive:PATH:TAG',
    'PATH of a docker-save or OCI archive (.tar, .tar.gz, .tar.zst)',
  ],
  prefixes: ['docker-archive:', 'oci-archive:'],
  open: openArchive,
};

async function openArchive(input: string, context: SourceContext, prefix?: string): Promise<Image | Missed> {
  const found = await locate(input, prefix);
  if ('missed' in found) return found;
  if (found.kind !== 'file')
    return { missed: `it is a ${found.kind === 'folder' ? 'folder' : 'device or pipe'}` };
  const name = `${prefix ?? ''}${input}`;
  const request = { name, source: 'archive', platform: context.platform, signal: context.signal };
  const file = await openTarFile(found.path, name, context);
  if ('missed' in file) return file;
  try {
    const opened = await openInside(file, found, request, prefix);
    if ('missed' in opened) await file.close();
    return opened;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openInside(
  file: TarFile,
  { choice }: Located,
  request: ResolveRequest,
  prefix: string | undefined,
): Promise<Image | Missed> {
  const where = request.name;
  refuseRepeated(file, where);
  const isLayout = await file.has('oci-layout');
  const isDocker = await file.has('manifest.json');
  if (prefix === 'oci-archive:' && !isLayout) return { missed: `it has no oci-layout file${hintOf(file)}` };
  if (prefix === 'docker-archive:' && !isDocker) return { missed: `it has no manifest.json${hintOf(file)}` };
  if (!isLayout && !isDocker) {
    return { missed: `it is a tar with neither manifest.json nor oci-layout${hintOf(file)}` };
  }
  if (!isLayout) return openDockerSave(file, choice, request);
  const image = await openOciLayout(file, choice, request);
  if (isDocker) await refuseContradiction(file, image, where);
  return image;
}

/** Tools differ in which of two members of the same name they read. */
function refuseRepeated(file: TarFile, where: string): void {
  const twice = ['manifest.json', 'index.json', 'oci-layout'].find((path) => file.index.repeated.has(path));
  if (twice === undefined) return;
  throw new PratiqueError('INPUT_INVALID', `the archive holds ${twice} twice`, { where });
}

/**
 * `docker save` writes both tables of contents since version 25; Docker reads one and containerd the other, so an
 * archive in which they differ is two images, and only one of them was looked at.
 */
async function refuseContradiction(file: TarFile, image: Image, where: string): Promise<void> {
  const config = image.config.digest;
  const layers = image.layers.map((layer) => layer.ref.digest).filter((digest) => digest !== undefined);
  if (config !== undefined && (await agreesWithManifest(file, { config, layers }, where))) return;
  const message = 'manifest.json and index.json of the archive speak of different images';
  throw new PratiqueError('INPUT_INVALID', message, { where });
}

/** What the archive looks like, for whoever expected it to be an image. */
function hintOf(file: TarFile): string {
  const { members } = file.index;
  const has = (...paths: string[]): boolean => paths.some((path) => members.has(path));
  if (members.size === 0) return '; it is empty';
  if (has('manifest.json')) return '; it is a docker-save archive (docker-archive:)';
  if (has('oci-layout')) return '; it is an OCI archive (oci-archive:)';
  if (has('repositories'))
    return '; it was saved by a Docker older than 1.10: load and save it with a current one';
  if (has('etc', 'usr', 'bin', 'etc/os-release', 'usr/lib/os-release')) {
    return '; it looks like a root file system: unpack it and name the folder, rootfs:PATH';
  }
  const folder = [...members.keys()].find((path) => path.endsWith('/oci-layout'));
  return folder === undefined
    ? ''
    : `; ${folder.slice(0, 100)} is there: pack the files without their folder`;
}
