import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Image, openImage, validateImage } from '../../src/image/index.ts';
import { contextOf } from '../kit/context.ts';
import { hasShared, sharedData } from './shared.ts';

/** The images that other scanners and image libraries test themselves with. */
const PEERS = ['google+go-containerregistry', 'google+osv-scalibr', 'aquasecurity+trivy'];
const TARBALLS = 'google+go-containerregistry/pkg/v1/tarball/testdata';
const MUTATE = 'google+go-containerregistry/pkg/v1/mutate/testdata';
const LAYOUTS = 'google+go-containerregistry/pkg/v1/layout/testdata';
const SCALIBR = 'google+osv-scalibr/artifact/image/layerscanning/image/testdata';
const FANAL = 'aquasecurity+trivy/pkg/fanal/test/testdata';

let base = '';
beforeAll(() => {
  if (!hasShared) return;
  base = mkdtempSync(join(tmpdir(), 'fixtures-'));
  for (const peer of PEERS) {
    const folder = join(base, peer);
    execFileSync('mkdir', ['-p', folder]);
    execFileSync('tar', ['--zstd', '-xf', sharedData(`fixtures/${peer}.tar.zst`), '-C', folder]);
  }
});
afterAll(() => (base === '' ? undefined : rmSync(base, { recursive: true, force: true })));

async function opened<Result>(input: string, use: (image: Image) => Promise<Result>): Promise<Result> {
  const image = await openImage(input, contextOf());
  try {
    return await use(image);
  } finally {
    await image.close();
  }
}

describe.skipIf(!hasShared)("the peers' images", () => {
  it.each([
    [
      `${FANAL}/alpine-310.tar.gz`,
      1,
      'sha256:af341ccd2df8b0e2d67cf8dd32e087bfda4e5756ebd1c76bbf3efa0dc246590e',
    ],
    [
      `${FANAL}/alpine-311.tar.gz`,
      1,
      'sha256:a187dde48cd289ac374ad8539930628314bc581a481cdb41409c9289419ddb72',
    ],
    [
      `${TARBALLS}/test_image_1.tar`,
      1,
      'sha256:6e0b05049ed9c17d02e1a55e80d6599dbfcce7f4f4b022e3c673e685789c470e',
    ],
    [
      `${MUTATE}/source_image.tar`,
      1,
      'sha256:6e0b05049ed9c17d02e1a55e80d6599dbfcce7f4f4b022e3c673e685789c470e',
    ],
    [
      `${MUTATE}/whiteout_image.tar`,
      3,
      'sha256:decb630649c3e1256345d416b228d6c3ceb387a55120ad44dc3ec992976d28b9',
    ],
    [
      `${MUTATE}/overwritten_file.tar`,
      3,
      'sha256:68f6eb746cdb287658796ba120849bb77be87040a155fbefb89c96f109c0703a',
    ],
    [
      `${MUTATE}/whiteout_dir.tar`,
      4,
      'sha256:92f1e3d53acdc7e137e73869abc4e87aba6614440a31723423790ca0d5db9111',
    ],
    [`${SCALIBR}/basic.tar`, 2, 'sha256:cef24537555496e574fe14473659452c20e6ae3b03bdecf5f9a76d1afe14fd1a'],
    [
      `${SCALIBR}/multiple-files.tar`,
      2,
      'sha256:07628f196cad63d589a8c526116636052e40b8f44a65f20414c0d275ced2b453',
    ],
    [
      `${SCALIBR}/overwrite-file.tar`,
      2,
      'sha256:86ee30779ba1b3aabbd48d12bdc99a3ba275c24b9a600cef87e256c7858fb2e1',
    ],
    [
      `${SCALIBR}/single-file.tar`,
      1,
      'sha256:d81c0ab84dc25b7a853b6bd9e9bcb9ce4465bfb4d3e5099a60801738987fe9ba',
    ],
    [
      `${SCALIBR}/symlink-dangling.tar`,
      2,
      'sha256:67d1cadc62112de17fda21cad21879bf6111c8561af11db6e8b4504083ecf120',
    ],
    [
      `${SCALIBR}/symlink-attack.tar`,
      1,
      'sha256:486f648acb41e8fb98a935c52e091017c1be5fe8c02ad19b9262ea57545019be',
    ],
    [
      `${SCALIBR}/symlink-cycle.tar`,
      1,
      'sha256:373315c779608a5dc71c740b2ef4d68f27c2216b5f7e0520ee15c1d084b9ada2',
    ],
  ])('%s opens with %i layers, and every digest is true', async (path, layers, config) => {
    for (const prefix of ['', 'docker-archive:']) {
      await opened(prefix + join(base, path), async (image) => {
        expect(image.source).toBe('archive');
        expect(image.config.digest).toBe(config);
        expect(image.config.platform?.os).toBe('linux');
        expect(await validateImage(image)).toHaveLength(layers);
      });
    }
  });

  it('an archive of two images that share a layer by a link gives both', async () => {
    const path = join(base, TARBALLS, 'test_link.tar');
    for (const [name, layers] of [
      ['bazel/v1/tarball:test_image_1', 1],
      ['bazel/v1/tarball:test_image_3', 2],
    ]) {
      await opened(`docker-archive:${path}:${name}`, async (image) => {
        expect(await validateImage(image)).toHaveLength(Number(layers));
      });
    }
    await expect(openImage(path, contextOf())).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('test_image_3'),
    });
  });

  it.each([
    [`${TARBALLS}/no_manifest.tar`, 'INPUT_UNRECOGNISED', 'older than 1.10'],
    [`${TARBALLS}/content.tar`, 'INPUT_UNRECOGNISED', 'neither manifest.json nor oci-layout'],
    [`${SCALIBR}/empty.tar`, 'INPUT_UNRECOGNISED', 'it is empty'],
    [`${LAYOUTS}/test_index_media_type`, 'INPUT_UNRECOGNISED', 'Helm chart'],
    [
      `${LAYOUTS}/test_gc_image_unknown_mediatype`,
      'INPUT_UNRECOGNISED',
      'application/vnd.oci.descriptor.v1+json',
    ],
    [`${FANAL}/test_index_json_dir.oci`, 'INPUT_INVALID', 'index.json is a folder'],
    [`${FANAL}/test_bad_index_json.oci`, 'INPUT_INVALID', 'not JSON'],
    [`${FANAL}/test_invalid_oci_image.oci`, 'INPUT_UNRECOGNISED', 'application/badmedia+json'],
  ])('%s is refused for its fault', async (path, code, said) => {
    await expect(openImage(join(base, path), contextOf())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
  });
});
