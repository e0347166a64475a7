import { LIMITS, PratiqueError } from '../kit/index.ts';
import { type Descriptor, type Digest, isDigest, MEDIA, type Platform } from '../model/index.ts';
import { Fields } from './fields.ts';
import { parseJson } from './json.ts';

/** Source: OCI image spec 1.1, "OCI Image Manifest"; Docker "Image Manifest V 2, Schema 2". */
export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  /** The base first. */
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly subject?: Descriptor;
}

/** Source: OCI image spec 1.1, "OCI Image Index"; Docker "Manifest List". */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

const INDEX = ['schemaVersion', 'mediaType', 'manifests', 'annotations', 'artifactType', 'subject'];
const MANIFEST = ['schemaVersion', 'mediaType', 'config', 'layers', 'annotations', 'artifactType', 'subject'];
const ALL = [...new Set([...INDEX, ...MANIFEST])];
const DESCRIPTOR = ['mediaType', 'digest', 'size', 'platform', 'annotations', 'artifactType', 'urls'];

/**
 * Reads a manifest or an index, whichever it is. `mediaType` is what the descriptor or the registry calls it;
 * undefined, or a type that says nothing (`application/json`), leaves it to the document. Throws UNSUPPORTED for
 * Docker schema 1, INPUT_INVALID when it is neither, or both, or not what `mediaType` says (CVE-2021-41190),
 * INPUT_UNRECOGNISED for any other type, LIMIT_EXCEEDED past LIMITS.manifestBytes, indexEntries and layers.
 */
export function parseDocument(
  bytes: Uint8Array,
  mediaType: string | undefined,
  where: string,
): ImageManifest | ImageIndex {
  const claimed = plainType(mediaType);
  refuseSchema1(claimed, where);
  const fields = new Fields(parseJson(bytes, where, LIMITS.manifestBytes), 'the manifest', where, ALL);
  const own = plainType(fields.string('mediaType'));
  refuseSchema1(own, where);
  if (fields.count('schemaVersion') === 1) refuseSchema1(MEDIA.dockerSchema1, where);
  if (claimed !== undefined && own !== undefined && claimed !== own) {
    throw fields.wrong(`the manifest calls itself ${own} where ${claimed} was promised`);
  }
  if (fields.count('schemaVersion') !== 2) throw fields.wrong('the manifest has no "schemaVersion": 2');
  const kind = kindOf(fields, claimed ?? own);
  return kind === 'index' ? indexOf(fields, claimed ?? own) : manifestOf(fields, claimed ?? own);
}

/** `parseDocument` where only a manifest will do. */
export function parseManifest(
  bytes: Uint8Array,
  mediaType: string | undefined,
  where: string,
): ImageManifest {
  const document = parseDocument(bytes, mediaType, where);
  if (document.kind === 'manifest') return document;
  throw new PratiqueError('INPUT_INVALID', 'it is an index where a manifest was promised', { where });
}

/** `parseDocument` where only an index will do. */
export function parseIndex(bytes: Uint8Array, mediaType: string | undefined, where: string): ImageIndex {
  const document = parseDocument(bytes, mediaType, where);
  if (document.kind === 'index') return document;
  throw new PratiqueError('INPUT_INVALID', 'it is a manifest where an index was promised', { where });
}

/** Reads one descriptor. Throws INPUT_INVALID. Source: OCI image spec 1.1, "OCI Content Descriptors". */
export function parseDescriptor(value: unknown, what: string, where: string): Descriptor {
  const fields = new Fields(value, what, where, DESCRIPTOR);
  const mediaType = fields.string('mediaType');
  const size = fields.count('size');
  const artifactType = fields.string('artifactType');
  const platform = platformOf(fields);
  if (!mediaType) throw fields.wrong(`${what} has no media type`);
  if (size === undefined) throw fields.wrong(`${what} has no size`);
  return {
    mediaType: plainType(mediaType) ?? mediaType,
    digest: digestOf(fields),
    size,
    ...(platform === undefined ? {} : { platform }),
    ...(fields.has('annotations') ? { annotations: fields.map('annotations') } : {}),
    ...(artifactType ? { artifactType } : {}),
    ...(fields.has('urls') ? { urls: fields.strings('urls') } : {}),
  };
}

/** Types that registries and tools write when they do not know; they say nothing of what it is. */
const NO_TYPE = ['application/json', 'application/octet-stream', 'text/plain', ''];

/** Without parameters, lower case (RFC 9110, 8.3.1); undefined where it says nothing. */
function plainType(mediaType: string | undefined): string | undefined {
  const plain = mediaType?.split(';', 1)[0]?.trim().toLowerCase();
  return plain === undefined || NO_TYPE.includes(plain) ? undefined : plain;
}

function refuseSchema1(mediaType: string | undefined, where: string): void {
  if (mediaType !== MEDIA.dockerSchema1 && mediaType !== MEDIA.dockerSchema1Signed) return;
  throw new PratiqueError('UNSUPPORTED', 'the image has a Docker schema 1 manifest, retired since 2019', {
    where,
    hint: 'pull it with a current client and push it again: that writes a schema 2 or OCI manifest',
  });
}

function kindOf(fields: Fields, mediaType: string | undefined): 'manifest' | 'index' {
  const index = fields.has('manifests');
  const manifest = fields.has('config') || fields.has('layers');
  if (index && manifest) throw fields.wrong('the manifest is an index and an image at once');
  if (mediaType === MEDIA.ociIndex || mediaType === MEDIA.dockerIndex) {
    if (manifest) throw fields.wrong(`it has an image's members but is called ${mediaType}`);
    return 'index';
  }
  if (mediaType === MEDIA.ociManifest || mediaType === MEDIA.dockerManifest) {
    if (index) throw fields.wrong(`it has an index's members but is called ${mediaType}`);
    return 'manifest';
  }
  if (mediaType !== undefined) {
    const message = `it is a ${mediaType.slice(0, 100)}, not an image`;
    throw new PratiqueError('INPUT_UNRECOGNISED', message, { where: fields.where });
  }
  if (index) return 'index';
  if (manifest) return 'manifest';
  throw fields.wrong('the manifest has neither layers nor manifests');
}

function indexOf(fields: Fields, mediaType: string | undefined): ImageIndex {
  const entries = fields.list('manifests');
  bound(entries.length, LIMITS.indexEntries, 'manifests', fields.where);
  return {
    kind: 'index',
    mediaType: mediaType ?? MEDIA.ociIndex,
    manifests: entries.map((entry, at) =>
      parseDescriptor(entry, `manifest ${at + 1} of the index`, fields.where),
    ),
    annotations: fields.map('annotations'),
  };
}

function manifestOf(fields: Fields, mediaType: string | undefined): ImageManifest {
  const layers = fields.list('layers');
  const config = fields.object('config', 'the config of the manifest');
  const artifactType = fields.string('artifactType');
  const subject = fields.object('subject', 'the subject of the manifest');
  if (config === undefined) throw fields.wrong('the manifest has no config');
  bound(layers.length, LIMITS.layers, 'layers', fields.where);
  return {
    kind: 'manifest',
    mediaType: mediaType ?? MEDIA.ociManifest,
    config: parseDescriptor(config.raw, config.what, fields.where),
    layers: layers.map((layer, at) =>
      parseDescriptor(layer, `layer ${at + 1} of the manifest`, fields.where),
    ),
    annotations: fields.map('annotations'),
    ...(artifactType ? { artifactType } : {}),
    ...(subject === undefined ? {} : { subject: parseDescriptor(subject.raw, subject.what, fields.where) }),
  };
}

function bound(count: number, limit: number, what: string, where: string): void {
  if (count <= limit) return;
  throw new PratiqueError('LIMIT_EXCEEDED', `it lists ${count} ${what}; ${limit} is the limit`, { where });
}

function digestOf(fields: Fields): Digest {
  const digest = fields.string('digest');
  if (isDigest(digest)) return digest;
  if (digest === undefined) throw fields.wrong(`${fields.what} has no digest`);
  throw fields.wrong(
    `${fields.what} has an invalid digest "${digest.slice(0, 100)}"`,
    'digests are sha256: with 64 or sha512: with 128 lower-case hexadecimal digits',
  );
}

function platformOf(fields: Fields): Platform | undefined {
  const platform = fields.object('platform', `the platform of ${fields.what}`);
  const os = platform?.string('os');
  const architecture = platform?.string('architecture');
  const variant = platform?.string('variant');
  if (!os || !architecture) return undefined;
  return { os, architecture, ...(variant ? { variant } : {}) };
}
