import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Descriptor, type Digest, digestHex, MEDIA, type Platform } from '../../src/model/index.ts';
import { type TarMember, writeTar } from './tar.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

export interface TestLayer {
  /** As stored, maybe compressed. */
  readonly blob: Buffer;
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  /** The plain tar and its digest. */
  readonly tar: Buffer;
  readonly diffId: Digest;
}

export interface TestImage {
  readonly layers: readonly TestLayer[];
  readonly config: Buffer;
  readonly manifest: Buffer;
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly configDescriptor: Descriptor;
}

export interface TestIndex {
  readonly images: readonly TestImage[];
  readonly bytes: Buffer;
  readonly descriptor: Descriptor;
}

export interface ImageOptions {
  readonly platform?: Platform;
  /** The `config` section: `{ User: 'app', Env: ['A=b'] }`. */
  readonly run?: Readonly<Record<string, unknown>>;
  /** Laid over the finished config and manifest, to make them lie. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
}

export function sha256(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A layer with these members; `compression` is `none` unless told. The same members give the same bytes. */
export function makeLayer(members: readonly TarMember[], compression: Compression = 'none'): TestLayer {
  return layerOf(writeTar(members), compression);
}

/** A layer out of a tar that was made elsewhere, or out of bytes that are none. */
export function layerOf(tar: Buffer, compression: Compression = 'none'): TestLayer {
  const blob = compress(tar, compression);
  const suffix = compression === 'none' ? '' : `+${compression}`;
  const mediaType = `${MEDIA.ociLayer}${suffix}`;
  return { blob, digest: sha256(blob), size: blob.length, mediaType, tar, diffId: sha256(tar) };
}

export function makeImage(layers: readonly TestLayer[], options: ImageOptions = {}): TestImage {
  const platform = options.platform ?? { os: 'linux', architecture: 'amd64' };
  const config = json({
    created: '2025-01-02T03:04:05Z',
    ...platform,
    config: { Env: ['PATH=/usr/bin'], Cmd: ['sh'], ...options.run },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, at) => ({ created: '2025-01-02T03:04:05Z', created_by: `step ${at + 1}` })),
    ...options.config,
  });
  const configDescriptor = describe(config, options.docker ? MEDIA.dockerConfig : MEDIA.ociConfig);
  const mediaType = options.docker ? MEDIA.dockerManifest : MEDIA.ociManifest;
  const manifest = json({
    schemaVersion: 2,
    mediaType,
    config: configDescriptor,
    layers: layers.map((layer) => ({
      mediaType: options.docker ? dockerType(layer.mediaType) : layer.mediaType,
      digest: layer.digest,
      size: layer.size,
    })),
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
    ...options.manifest,
  });
  return {
    layers,
    config,
    manifest,
    configDescriptor,
    descriptor: { ...describe(manifest, mediaType), platform },
  };
}

/** An index of images; `extra` entries are listed after them (attestations, nested indexes). */
export function makeIndex(images: readonly TestImage[], extra: readonly Descriptor[] = []): TestIndex {
  const manifests = [...images.map(({ descriptor }) => descriptor), ...extra];
  const bytes = json({ schemaVersion: 2, mediaType: MEDIA.ociIndex, manifests });
  return { images, bytes, descriptor: describe(bytes, MEDIA.ociIndex) };
}

/** One entry of a layout's index.json. */
export interface LayoutEntry {
  readonly content: TestImage | TestIndex;
  /** Written as `org.opencontainers.image.ref.name`. */
  readonly tag?: string;
  /** Written as `io.containerd.image.name`. */
  readonly name?: string;
}

export type FileMap = Map<string, Buffer>;

/** The files of an OCI layout by path; more blobs by digest may be given. */
export function layoutFiles(entries: readonly LayoutEntry[], blobs: readonly Buffer[] = []): FileMap {
  const files: FileMap = new Map([['oci-layout', json({ imageLayoutVersion: '1.0.0' })]]);
  const add = (bytes: Buffer): unknown => files.set(`blobs/sha256/${digestHex(sha256(bytes))}`, bytes);
  for (const { content } of entries) {
    if ('bytes' in content) add(content.bytes);
    for (const image of 'images' in content ? content.images : [content]) {
      for (const bytes of [image.manifest, image.config, ...image.layers.map(({ blob }) => blob)]) add(bytes);
    }
  }
  for (const bytes of blobs) add(bytes);
  const manifests = entries.map(({ content, tag, name }) => {
    const annotations = {
      ...(name === undefined ? {} : { 'io.containerd.image.name': name }),
      ...(tag === undefined ? {} : { 'org.opencontainers.image.ref.name': tag }),
    };
    return Object.keys(annotations).length === 0
      ? content.descriptor
      : { ...content.descriptor, annotations };
  });
  files.set('index.json', json({ schemaVersion: 2, mediaType: MEDIA.ociIndex, manifests }));
  return files;
}

/** One image of a docker-save archive. */
export interface SavedImage {
  readonly image: TestImage;
  readonly tags: readonly string[];
}

/**
 * The members of what `docker save` wrote before version 25: `<id>/layer.tar` beside `VERSION` and `json`,
 * uncompressed; a layer that an earlier image has is a symbolic link to it.
 */
export function oldDockerSave(saved: readonly SavedImage[]): TarMember[] {
  const members: TarMember[] = [];
  const written = new Map<Digest, string>();
  const manifest = saved.map(({ image, tags }, at) => {
    const paths = image.layers.map((layer, index) => {
      const id = digestHex(sha256(`${at} ${index} ${layer.diffId}`));
      const earlier = written.get(layer.diffId);
      written.set(layer.diffId, earlier ?? id);
      members.push({ path: id, type: 'folder' });
      members.push({ path: `${id}/VERSION`, content: '1.0' });
      members.push({ path: `${id}/json`, content: json({ id }) });
      members.push(
        earlier === undefined
          ? { path: `${id}/layer.tar`, content: layer.tar }
          : { path: `${id}/layer.tar`, type: 'symlink', linkTarget: `../${earlier}/layer.tar` },
      );
      return `${id}/layer.tar`;
    });
    const config = `${digestHex(image.configDescriptor.digest)}.json`;
    members.push({ path: config, content: image.config });
    return { Config: config, RepoTags: tags.length === 0 ? null : tags, Layers: paths };
  });
  return [...members, { path: 'manifest.json', content: json(manifest) }];
}

/** The members of what `docker save` writes since version 25: an OCI layout with a manifest.json beside it. */
export function newDockerSave(saved: readonly SavedImage[]): TarMember[] {
  const blob = (digest: Digest): string => `blobs/sha256/${digestHex(digest)}`;
  const manifest = saved.map(({ image, tags }) => ({
    Config: blob(image.configDescriptor.digest),
    RepoTags: tags,
    Layers: image.layers.map(({ digest }) => blob(digest)),
  }));
  const entries = saved.flatMap(({ image, tags }) =>
    (tags.length === 0 ? [undefined] : tags).map((name) => ({
      content: image,
      ...(name === undefined ? {} : { name: `docker.io/library/${name}`, tag: name.split(':').at(-1) ?? '' }),
    })),
  );
  const members = membersOf(layoutFiles(entries));
  return [...members, { path: 'manifest.json', content: json(manifest) }];
}

export function membersOf(files: FileMap): TarMember[] {
  return [...files].map(([path, content]) => ({ path, content }));
}

export async function writeFiles(folder: string, files: FileMap): Promise<string> {
  for (const [path, content] of files) {
    const target = join(folder, ...path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  return folder;
}

/** Writes an OCI layout folder and returns it. */
export async function writeLayout(
  folder: string,
  entries: readonly LayoutEntry[],
  blobs: readonly Buffer[] = [],
): Promise<string> {
  return writeFiles(folder, layoutFiles(entries, blobs));
}

/** Writes an OCI layout as one archive and returns its path. */
export async function writeOciArchive(
  path: string,
  entries: readonly LayoutEntry[],
  compression: Compression = 'none',
): Promise<string> {
  return writeArchive(path, membersOf(layoutFiles(entries)), compression);
}

/** Writes what `docker save` wrote (`old`) or writes (`new`) and returns its path. */
export async function writeDockerSave(
  path: string,
  saved: readonly SavedImage[],
  style: 'old' | 'new',
  compression: Compression = 'none',
): Promise<string> {
  return writeArchive(path, style === 'old' ? oldDockerSave(saved) : newDockerSave(saved), compression);
}

export async function writeArchive(
  path: string,
  members: readonly TarMember[],
  compression: Compression = 'none',
): Promise<string> {
  await writeFile(path, compress(writeTar(members), compression));
  return path;
}

/** The same bytes on every system: zlib writes the system's number into the gzip header. */
export function compress(bytes: Buffer, compression: Compression): Buffer {
  if (compression === 'none') return bytes;
  if (compression === 'zstd') return zstdCompressSync(bytes);
  const packed = gzipSync(bytes);
  packed[9] = 255;
  return packed;
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function describe(bytes: Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: sha256(bytes), size: bytes.length };
}

function dockerType(ociType: string): string {
  const compressed = ociType.endsWith('+gzip') ? '.gzip' : ociType.endsWith('+zstd') ? '.zstd' : '';
  return `application/vnd.docker.image.rootfs.diff.tar${compressed}`;
}
