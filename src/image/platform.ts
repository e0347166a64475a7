import { PratiqueError } from '../kit/index.ts';
import {
  type Descriptor,
  formatPlatform,
  isManifestType,
  type Platform,
  platformMatches,
} from '../model/index.ts';

/** linux on this machine's processor, by Go's name for it: what an index is asked for when nobody says. */
export function defaultPlatform(machine: string = process.arch): Platform {
  if (machine === 'arm') return { os: 'linux', architecture: 'arm', variant: 'v7' };
  const names: Record<string, string> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle' };
  return { os: 'linux', architecture: names[machine] ?? machine };
}

/**
 * Whether a descriptor in an index is an image that can run: a manifest, not one of the attestations that BuildKit
 * lists beside the images. Source: BuildKit docs, "Image attestation storage".
 */
export function isRealImage(descriptor: Descriptor): boolean {
  if (!isManifestType(descriptor.mediaType)) return false;
  if (descriptor.annotations?.['vnd.docker.reference.type'] !== undefined) return false;
  return descriptor.platform?.os !== 'unknown' && descriptor.platform?.architecture !== 'unknown';
}

/**
 * Chooses one manifest out of the entries of an index (nested indexes already replaced by their entries). The
 * platform asked for decides; when none is, the only image is taken, else the one for linux on this machine. Of
 * several that fit the one with the same variant wins, else one without variant, else the first. Throws
 * PLATFORM_NOT_FOUND, which lists what there is, and INPUT_UNRECOGNISED when no entry is an image.
 */
export function choosePlatform(
  entries: readonly Descriptor[],
  want: Platform | undefined,
  where: string,
): Descriptor {
  const real = distinct(entries.filter(isRealImage));
  const [first, second] = real;
  if (first === undefined) throw noImage(entries, where);
  if (second === undefined && (want === undefined || first.platform === undefined)) return first;
  const asked = want ?? defaultPlatform();
  const fitting = real.filter(
    (entry) => entry.platform !== undefined && platformMatches(asked, entry.platform),
  );
  const best =
    fitting.find((entry) => entry.platform?.variant === asked.variant) ??
    fitting.find((entry) => entry.platform?.variant === undefined) ??
    fitting[0];
  if (best !== undefined) return best;
  throw new PratiqueError('PLATFORM_NOT_FOUND', `there is no image for ${formatPlatform(asked)}`, {
    where,
    hint: `there is: ${listPlatforms(real)}; choose one with --platform`,
  });
}

function distinct(entries: readonly Descriptor[]): readonly Descriptor[] {
  const seen = new Map(entries.map((entry) => [`${entry.digest} ${platformName(entry)}`, entry]));
  return [...seen.values()];
}

function platformName(entry: Descriptor): string {
  return entry.platform === undefined ? 'no platform stated' : formatPlatform(entry.platform);
}

function listPlatforms(entries: readonly Descriptor[]): string {
  const names = [...new Set(entries.map(platformName))].map((name) => name.slice(0, 60));
  const shown = names.slice(0, 20).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}

function noImage(entries: readonly Descriptor[], where: string): PratiqueError {
  const types = [...new Set(entries.map((entry) => entry.artifactType ?? entry.mediaType))];
  const held = types.length === 0 ? 'it is empty' : `it holds ${types.slice(0, 5).join(', ').slice(0, 300)}`;
  return new PratiqueError('INPUT_UNRECOGNISED', `the index lists no image: ${held}`, { where });
}
