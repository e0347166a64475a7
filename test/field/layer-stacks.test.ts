import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  catalogImage,
  compileRoutes,
  type LayerRecord,
  mergedTree,
  walkLayer,
} from '../../src/catalog/index.ts';
import { mapPooled, PratiqueError } from '../../src/kit/index.ts';
import { makeImage, makeLayer, type TestLayer, writeLayout } from '../kit/images.ts';
import { blobLayer, imageOf } from '../kit/layers.ts';
import { countOf } from './counts.ts';
import { randomOf, randomStack, type Stack } from './layer-stacks.ts';
import { type DiskEntry, diskTree, expectedFinds, FINDERS, findsOf } from './layer-stacks-disk.ts';

const run = promisify(execFile);
const EVERYTHING = compileRoutes([]);
const BATCH = 50;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pratique-stacks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('generated layer stacks leave what umoci unpack leaves', async () => {
  execFileSync('umoci', ['--version']);
  const total = countOf('layerStacks');
  const counts = { equal: 0, refused: 0, throughLinks: 0, hardLinks: 0 };
  for (let start = 0; start < total; start += BATCH) {
    const stacks = await Promise.all(
      Array.from({ length: Math.min(BATCH, total - start) }, (_, at) => stackOf(start + at)),
    );
    const layout = join(folder, `layout-${start}`);
    const images = stacks.map(({ layers }) => makeImage(layers));
    await writeLayout(
      layout,
      images.map((content, at) => ({ content, tag: `s${at}` })),
    );
    await mapPooled(stacks, 2, (stack, at) => compare(stack, `${layout}:s${at}`, counts));
    rmSync(layout, { recursive: true });
  }
  process.stdout.write(`layer stacks: ${JSON.stringify(counts)} of ${total}\n`);
  expect(counts.equal + counts.refused).toBe(total);
  expect(counts.refused).toBeLessThan(total / 5);
});

interface Made {
  readonly seed: number;
  readonly stack: Stack;
  readonly layers: readonly TestLayer[];
}

/** Most stacks are drawn again when they contradict themselves; some are kept, to see that umoci refuses them too. */
async function stackOf(seed: number): Promise<Made> {
  const random = randomOf(seed + 1);
  for (;;) {
    const stack = randomStack(random);
    const layers = stack.map((members, at) => makeLayer(members, at % 2 === 0 ? 'gzip' : 'none'));
    if (random() < 0.03 || (await merged(layers)) !== undefined) return { seed, stack, layers };
  }
}

async function merged(layers: readonly TestLayer[]): Promise<ReturnType<typeof mergedTree> | undefined> {
  const records: LayerRecord[] = [];
  for (const [index, layer] of layers.entries())
    records.push(await walkLayer(blobLayer(layer, index), EVERYTHING));
  try {
    return mergedTree(records);
  } catch (error) {
    if (error instanceof PratiqueError && error.code === 'INPUT_INVALID') return undefined;
    throw error;
  }
}

async function compare(
  made: Made,
  image: string,
  counts: { equal: number; refused: number; throughLinks: number; hardLinks: number },
): Promise<void> {
  const story = `seed ${made.seed}: ${JSON.stringify(made.stack, null, 1)}`;
  const bundle = mkdtempSync(join(folder, 'bundle-'));
  const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
  const refusal = await run('umoci', ['unpack', ...rootless, '--image', image, bundle]).then(
    () => undefined,
    (error: { stderr?: string }) => error.stderr ?? 'refused',
  );
  const ours = await merged(made.layers);
  if (refusal === undefined) {
    const disk = diskTree(join(bundle, 'rootfs'));
    expect(ours, `we refuse what umoci unpacks: ${story}`).toBeDefined();
    expect(asDisk(ours ?? [], made.stack), story).toEqual(disk);
    const catalog = await catalogImage(imageOf(made.layers.map((layer, at) => blobLayer(layer, at))), {
      catalogers: FINDERS,
    }).catch((error: Error) => expect.fail(`${error.message} ${story}`));
    const expected = expectedFinds(disk);
    expect(findsOf(catalog), story).toEqual(expected.finds);
    counts.equal += 1;
    counts.throughLinks += expected.throughLinks;
    counts.hardLinks += disk.filter(({ links }) => links !== undefined).length;
  } else {
    expect(ours, `umoci refuses what we lay: ${refusal}\n${story}`).toBeUndefined();
    counts.refused += 1;
  }
  rmSync(bundle, { recursive: true });
}

/** Our tree in the words of the disk: contents by value, hard links by the first of their names. */
function asDisk(tree: ReturnType<typeof mergedTree>, stack: Stack): DiskEntry[] {
  const names = new Map<string, string[]>();
  const keyOf = (content: { layer: number; seq: number } | undefined): string | undefined =>
    content === undefined ? undefined : `${content.layer} ${content.seq}`;
  for (const { path, content } of tree) {
    const key = keyOf(content);
    if (key !== undefined) names.set(key, [...(names.get(key) ?? []), path]);
  }
  return tree.map(({ path, kind, target, content }) => {
    const linked = names.get(keyOf(content) ?? '') ?? [];
    const member = content === undefined ? undefined : stack[content.layer]?.[content.seq];
    return {
      path,
      kind,
      ...(target === undefined ? {} : { target }),
      ...(member === undefined ? {} : { content: String(member.content) }),
      ...(linked.length > 1 ? { links: linked.join(' ') } : {}),
    };
  });
}
