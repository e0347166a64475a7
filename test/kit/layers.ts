import type { Image, Layer } from '../../src/image/index.ts';
import type { TestLayer } from './images.ts';

/** A layer whose blob is in memory; `lie` changes what its descriptor says of it. */
export function blobLayer(
  layer: TestLayer,
  index = 0,
  lie: { digest?: TestLayer['digest'] | 'none'; size?: number; blob?: Buffer } = {},
): Layer {
  const { digest = layer.digest, size = layer.size, blob = layer.blob } = lie;
  return {
    kind: 'blob',
    ref: { index, diffId: layer.diffId, ...(digest === 'none' ? {} : { digest }) },
    descriptor: { mediaType: layer.mediaType, size, ...(digest === 'none' ? {} : { digest }) },
    open: async () => chunksOf(blob),
  };
}

/** An image of these layers, without manifest or anything else that a catalog does not need. */
export function imageOf(layers: readonly Layer[]): Image {
  return {
    name: 'test',
    source: 'test',
    annotations: {},
    config: { env: [], entrypoint: [], cmd: [], labels: {}, diffIds: [], history: [] },
    layers,
    close: async () => undefined,
  };
}

/** Odd sizes, so that members begin and end anywhere in a chunk. */
async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1009) yield bytes.subarray(at, at + 1009);
}
