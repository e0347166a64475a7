import { join } from 'node:path';
import { fileKind, PratiqueError, readBounded, readStream } from '../../kit/index.ts';
import type { Image, ImageSource, Missed, SourceContext } from '../image.ts';
import { locate } from '../locate.ts';
import { type LayoutFiles, openOciLayout } from '../oci-layout.ts';

/** An OCI image layout folder: `oci-layout`, `index.json` and `blobs/`. */
export const layoutSource: ImageSource = {
  name: 'layout',
  forms: ['oci:PATH', 'oci:PATH:TAG', 'oci:PATH@DIGEST', 'PATH of an OCI layout folder'],
  prefixes: ['oci:'],
  open: openLayout,
};

async function openLayout(input: string, context: SourceContext, prefix?: string): Promise<Image | Missed> {
  const found = await locate(input, prefix);
  if ('missed' in found) return found;
  if (found.kind !== 'folder') return { missed: 'it is not a folder' };
  if ((await fileKind(join(found.path, 'oci-layout'))) === undefined)
    return { missed: await whyNot(found.path) };
  const request = {
    name: `${prefix ?? ''}${input}`,
    source: 'layout',
    platform: context.platform,
    signal: context.signal,
  };
  return openOciLayout(folderFiles(found.path), found.choice, request);
}

async function whyNot(folder: string): Promise<string> {
  if ((await fileKind(join(folder, 'version'))) !== 'file') return 'it has no oci-layout file';
  if ((await fileKind(join(folder, 'manifest.json'))) !== 'file') return 'it has no oci-layout file';
  return "it has no oci-layout file; it looks like skopeo's dir: (copy it with skopeo copy dir:… oci:…)";
}

function folderFiles(folder: string): LayoutFiles {
  const pathOf = (path: string): string => join(folder, ...path.split('/'));
  const isFile = async (path: string): Promise<boolean> => {
    const kind = await fileKind(pathOf(path));
    if (kind === undefined || kind === 'file') return kind === 'file';
    const what = kind === 'folder' ? 'a folder' : 'a device, pipe or socket';
    throw new PratiqueError('INPUT_INVALID', `${path} is ${what}, not a file`, { where: folder });
  };
  return {
    has: isFile,
    read: async (path, maxBytes) => ((await isFile(path)) ? readBounded(pathOf(path), maxBytes) : undefined),
    open: async (path) => {
      if (await isFile(path)) return readStream(pathOf(path));
      throw new PratiqueError('INPUT_INVALID', `${path} is not there`, { where: folder });
    },
    close: async () => undefined,
  };
}
