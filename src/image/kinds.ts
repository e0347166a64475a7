import { PratiqueError } from '../kit/index.ts';
import { MEDIA } from '../model/index.ts';
import type { ImageManifest } from './manifest.ts';

/** `application/octet-stream` is what Docker before 1.10.3 wrote. Source: distribution/distribution#1622. */
const CONFIGS: readonly string[] = [MEDIA.ociConfig, MEDIA.dockerConfig, 'application/octet-stream'];

const OCI_LAYER = /^application\/vnd\.oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+(?:gzip|zstd))?$/;
const DOCKER_LAYER =
  /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:[.+](?:gzip|zstd))?$/;

/** What an artifact that is no image is, by its config's or its first foreign layer's media type. */
const ARTIFACTS: readonly (readonly [prefix: string, what: string])[] = [
  ['application/vnd.cncf.helm.', 'a Helm chart'],
  ['application/vnd.dev.cosign.', 'a cosign signature or attachment'],
  ['application/vnd.dev.sigstore.', 'a sigstore bundle'],
  ['application/vnd.cncf.notary.', 'a Notary Project signature'],
  ['application/vnd.in-toto', 'an in-toto attestation'],
  ['application/vnd.dsse.', 'an attestation'],
  ['application/vnd.cyclonedx', 'an SBOM'],
  ['application/spdx', 'an SBOM'],
  ['text/spdx', 'an SBOM'],
  ['application/vnd.wasm.', 'a WebAssembly module'],
  ['application/vnd.docker.plugin.', 'a Docker plugin'],
  ['application/vnd.aquasec.trivy.', 'a vulnerability database'],
];

/**
 * Throws INPUT_UNRECOGNISED, saying what it is, when the manifest is an artifact and no image, and UNSUPPORTED when
 * its layers are encrypted. Source: OCI image spec 1.1, "Guidelines for Artifact Usage".
 */
export function refuseNonImage(manifest: ImageManifest, where: string): void {
  const encrypted = manifest.layers.find(({ mediaType }) => mediaType.endsWith('+encrypted'));
  if (encrypted !== undefined) {
    throw new PratiqueError('UNSUPPORTED', 'the image has encrypted layers, which cannot be inspected', {
      where,
      hint: 'decrypt it first (skopeo copy --decryption-key, ctr images decrypt) and give the decrypted image',
    });
  }
  const { config, layers, artifactType } = manifest;
  const alien = layers.find(({ mediaType }) => !isLayerType(mediaType))?.mediaType;
  if (CONFIGS.includes(config.mediaType) && alien === undefined) return;
  const types = [artifactType, CONFIGS.includes(config.mediaType) ? undefined : config.mediaType, alien];
  throw notAnImage(
    types.filter((type) => type !== undefined),
    where,
  );
}

/** A layer whose bytes may lie elsewhere than in the registry. Source: OCI image spec, "Non-Distributable Layers". */
export function isForeignLayer(mediaType: string, urls: readonly string[] | undefined): boolean {
  return /\.(?:nondistributable|foreign)\./.test(mediaType) || (urls?.length ?? 0) > 0;
}

function isLayerType(mediaType: string): boolean {
  return OCI_LAYER.test(mediaType) || DOCKER_LAYER.test(mediaType);
}

function notAnImage(types: readonly string[], where: string): PratiqueError {
  const known = ARTIFACTS.find(([prefix]) => types.some((type) => type.startsWith(prefix)));
  const names = types.map((type) => type.slice(0, 100)).join(', ');
  const what = known === undefined ? 'an artifact' : known[1];
  return new PratiqueError('INPUT_UNRECOGNISED', `this is ${what}, not an image (${names})`, { where });
}
