import { describe, expect, it } from 'vitest';
import { sha256 } from '../../test/kit/images.ts';
import { type Descriptor, formatPlatform, MEDIA, parsePlatform } from '../model/index.ts';
import { choosePlatform, defaultPlatform } from './platform.ts';

function entry(platform: string | undefined, more: Partial<Descriptor> = {}): Descriptor {
  const [os = '', architecture = '', variant] = platform?.split('/') ?? [];
  const parsed = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return {
    mediaType: MEDIA.ociManifest,
    digest: sha256(`${platform} ${JSON.stringify(more)}`),
    size: 1,
    ...(platform === undefined ? {} : { platform: parsed }),
    ...more,
  };
}

const ATTESTATION = entry('unknown/unknown', {
  annotations: {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': sha256('x'),
  },
});
const here = formatPlatform(defaultPlatform());
const elsewhere = here === 'linux/s390x' ? 'linux/amd64' : 'linux/s390x';

describe('choosePlatform', () => {
  it.each<[string, (string | undefined)[], string | undefined, string | undefined]>([
    ['the one asked for', ['linux/amd64', 'linux/arm64'], 'linux/arm64', 'linux/arm64'],
    ['another name of the same processor', ['linux/amd64', 'linux/arm64'], 'linux/aarch64', 'linux/arm64'],
    ['the same variant', ['linux/arm/v5', 'linux/arm/v7', 'linux/arm/v6'], 'linux/arm/v6', 'linux/arm/v6'],
    ['the one without variant', ['linux/amd64/v3', 'linux/amd64'], 'linux/amd64', 'linux/amd64'],
    [
      'the first when only variants are there',
      ['linux/amd64/v2', 'linux/amd64/v3'],
      'linux/amd64',
      'linux/amd64/v2',
    ],
    ['v8 for arm64', ['linux/amd64', 'linux/arm64/v8'], 'linux/arm64', 'linux/arm64/v8'],
    ['windows when asked for', ['linux/amd64', 'windows/amd64'], 'windows/amd64', 'windows/amd64'],
    ['this machine when nobody says', [elsewhere, here], undefined, here],
    ['the only one when nobody says', [elsewhere], undefined, elsewhere],
    ['the only one, when it states no platform', [undefined], 'linux/arm64', undefined],
  ])('takes %s', (_, have, want, expected) => {
    const chosen = choosePlatform(
      [ATTESTATION, ...have.map((platform) => entry(platform))],
      want === undefined ? undefined : parsePlatform(want),
      'here',
    );
    expect(chosen.platform === undefined ? undefined : formatPlatform(chosen.platform)).toBe(expected);
  });

  it.each([
    ['one other', ['linux/amd64'], 'linux/arm64'],
    ['two others', ['linux/amd64', 'linux/386'], 'linux/arm64'],
    ['other variants', ['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v7'],
    ['another system', ['windows/amd64'], 'linux/amd64'],
  ])('lists what there is: %s', (_, have, want) => {
    const choose = (): Descriptor =>
      choosePlatform([...have.map((platform) => entry(platform)), ATTESTATION], parsePlatform(want), 'here');
    expect(choose).toThrow(
      expect.objectContaining({
        code: 'PLATFORM_NOT_FOUND',
        message: expect.stringContaining(want),
        hint: expect.stringContaining(have.join(', ')),
      }),
    );
    expect(choose).not.toThrow(expect.objectContaining({ hint: expect.stringContaining('unknown') }));
  });

  it.each([
    ['nothing', [], 'empty'],
    ['attestations only', [ATTESTATION], MEDIA.ociManifest],
    ['other things only', [entry(undefined, { mediaType: 'application/badmedia+json' })], 'badmedia'],
  ])('says it when there is no image: %s', (_, entries, said) => {
    expect(() => choosePlatform(entries, undefined, 'here')).toThrow(
      expect.objectContaining({ code: 'INPUT_UNRECOGNISED', message: expect.stringContaining(said) }),
    );
  });

  it.each([
    ['x64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['arm', 'linux/arm/v7'],
    ['ia32', 'linux/386'],
    ['riscv64', 'linux/riscv64'],
  ])('calls the processor %s by its name in images', (machine, expected) => {
    expect(formatPlatform(defaultPlatform(machine))).toBe(expected);
  });
});
