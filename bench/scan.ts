import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH_WORK, type BenchImage, benchImages } from './images.ts';
import { compare, cost, PRATIQUE } from './process.ts';
import { type BenchPart, type BenchRow, median } from './table.ts';

const RUNS = 3;

/** First and second scans against `gzip -dc` over the same layers, and against syft where it is on PATH. */
export const scanBench: BenchPart = async ({ make }) => {
  const images = benchImages(make);
  if (images.length === 0)
    return [{ what: 'no images: npm run bench -- scan --make', measured: 0, unit: '' }];
  const syft = spawnSync('syft', ['version']).status === 0;
  const rows: BenchRow[] = [];
  const ratios: { wall: number; cpu: number }[] = [];
  for (const image of images) rows.push(...(await benchImage(image, syft, ratios)));
  if (syft) {
    rows.push({
      what: 'wall, median of the images',
      measured: median(ratios.map(({ wall }) => wall)),
      unit: '× syft',
      reach: 0.4,
    });
    rows.push({
      what: 'CPU, median of the images',
      measured: median(ratios.map(({ cpu }) => cpu)),
      unit: '× syft',
      reach: 0.4,
    });
  }
  return rows;
};

async function benchImage(
  image: BenchImage,
  syft: boolean,
  ratios: { wall: number; cpu: number }[],
): Promise<BenchRow[]> {
  const { name, layout } = image;
  const input = `oci:${layout}:bench`;
  const layers = layerBlobs(layout);
  const ours = [...PRATIQUE, 'scan', '--packages-only', '--quiet', '--format', 'json', input];
  const unzip = ['bash', '-c', 'for layer in "$@"; do gzip -dc < "$layer"; done', 'bash', ...layers];
  const syftEnv = { SYFT_CHECK_FOR_APP_UPDATE: 'false' };
  const commands = [
    unzip,
    [...ours, '--no-cache'],
    ...(syft ? [['syft', '-q', '-o', 'json', `oci-dir:${layout}`]] : []),
  ];
  const [gzip, first, peer] = await compare(commands, RUNS, syftEnv);
  const cache = join(BENCH_WORK, 'cache');
  rmSync(cache, { recursive: true, force: true });
  await cost([...ours, '--cache-dir', cache]);
  const [second] = await compare([[...ours, '--cache-dir', cache]], 5);
  if (gzip === undefined || first === undefined || second === undefined) return [];
  const note = `wall ${first.wallS.toFixed(2)} s, CPU ${first.cpuS.toFixed(2)} s; gzip -dc CPU ${gzip.cpuS.toFixed(2)} s`;
  const rows: BenchRow[] = [
    {
      what: `${name} (${image.what}): first scan, CPU less 0.15 s`,
      measured: (first.cpuS - 0.15) / gzip.cpuS,
      unit: '× gzip',
      reach: 0.9,
      note,
    },
    { what: `${name}: first scan, memory`, measured: first.rssMB, unit: 'MB RSS', reach: 300 },
    {
      what: `${name}: second scan, wall`,
      measured: second.wallS,
      unit: 's',
      reach: 0.25,
      note: `${second.rssMB.toFixed(0)} MB RSS`,
    },
  ];
  if (peer === undefined) return rows;
  const against = `syft: wall ${peer.wallS.toFixed(2)} s, CPU ${peer.cpuS.toFixed(2)} s, ${peer.rssMB.toFixed(0)} MB`;
  ratios.push({ wall: first.wallS / peer.wallS, cpu: first.cpuS / peer.cpuS });
  return [
    ...rows,
    {
      what: `${name}: first scan, wall`,
      measured: first.wallS / peer.wallS,
      unit: '× syft',
      reach: 0.5,
      note: against,
    },
    { what: `${name}: first scan, CPU`, measured: first.cpuS / peer.cpuS, unit: '× syft', reach: 0.5 },
  ];
}

/** The layer blobs of a layout's only image, base first. */
function layerBlobs(layout: string): string[] {
  const blob = (digest: string): string => join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest), 'utf8'));
  const known = new Set(readdirSync(join(layout, 'blobs', 'sha256')));
  return manifest.layers
    .map(({ digest }: { digest: string }) => digest)
    .filter((digest: string) => known.has(digest.slice(7)))
    .map(blob);
}
