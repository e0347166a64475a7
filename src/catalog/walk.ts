import { createHash } from 'node:crypto';
import {
  decompress,
  type Entry,
  type EntryHandler,
  type Whiteout,
  walkTar,
  whiteoutOf,
} from '../archive/index.ts';
import { type BlobLayer, type Layer, verified } from '../image/index.ts';
import { LIMITS, PratiqueError } from '../kit/index.ts';
import type { Diagnostic, Digest } from '../model/index.ts';
import { FactBudget, type FileFacts } from './facts.ts';
import { PathListWriter } from './path-list.ts';
import { FileReader } from './read-file.ts';
import { LayerRecord, packTexts } from './record.ts';
import type { Router } from './router.ts';

export interface WalkContext {
  readonly signal?: AbortSignal;
  /** Told how many more bytes of the blob have come. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Reads a layer once, from its first byte to its last: checks size and digest of the blob as it is stored, unpacks
 * it, walks the tar and hands the routed files to their catalogers. Nothing of it is returned before the last byte
 * was checked. Throws DIGEST_MISMATCH, SIZE_MISMATCH, INPUT_INVALID, LIMIT_EXCEEDED and what the source throws.
 */
export async function walkLayer(
  layer: Layer,
  router: Router,
  context: WalkContext = {},
): Promise<LayerRecord> {
  const reader = new LayerReader(router, layer.kind === 'blob');
  return reader.finish(await handMembers(layer, reader, context));
}

/** What is known of a layer once all of it was read. */
export interface WalkEnd {
  /** Of the blob as it was read. */
  readonly digest: Digest | undefined;
  /** Parts of a folder that could not be read. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Hands every member of a layer to the handler. */
export async function handMembers(
  layer: Layer,
  handler: EntryHandler,
  context: WalkContext,
): Promise<WalkEnd> {
  if (layer.kind === 'tree')
    return { digest: undefined, diagnostics: await layer.walk(handler, context.signal) };
  const { signal } = context;
  const { descriptor } = layer;
  const where = nameOf(layer);
  const digest = descriptor.digest ?? descriptor.expected;
  const hash = digest === undefined ? createHash('sha256') : undefined;
  const source = counted(await layer.open(signal), context, (chunk) => hash?.update(chunk));
  const claim = { size: descriptor.size, ...(digest === undefined ? {} : { digest }) };
  const packed = verified(source, claim, where);
  const options = { where, packedBytes: descriptor.size, ...(signal === undefined ? {} : { signal }) };
  await walkTar(decompress(packed, options), handler, options);
  return { digest: digest ?? `sha256:${hash?.digest('hex')}`, diagnostics: [] };
}

function nameOf(layer: BlobLayer): string {
  const { digest, diffId, index } = layer.ref;
  return `layer ${index} (${layer.descriptor.digest ?? digest ?? diffId ?? 'without digest'})`;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  context: WalkContext,
  each: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    context.signal?.throwIfAborted();
    context.onBytes?.(chunk.length);
    each(chunk);
    yield chunk;
  }
}

/** Sorts the members of one layer: what the catalogers get, and what only the tree needs. */
class LayerReader implements EntryHandler {
  readonly #router: Router;
  /** In a folder on disk, a file called `.wh.x` is just that. */
  readonly #whiteouts: boolean;
  readonly #budget = new FactBudget();
  readonly #paths = new PathListWriter();
  readonly #files: FileFacts[] = [];
  readonly #linked = new Set<string>();
  #seq = -1;
  #open: { readonly path: string; readonly reader: FileReader } | undefined;

  constructor(router: Router, whiteouts: boolean) {
    this.#router = router;
    this.#whiteouts = whiteouts;
  }

  entry(entry: Entry): boolean {
    this.end();
    this.#seq += 1;
    const { path } = entry;
    const hidden = this.#whiteouts ? whiteoutOf(path) : undefined;
    if (hidden !== undefined) this.#whiteout(hidden);
    else if (entry.type === 'file') return this.#file(entry);
    else if (entry.type === 'folder') this.#paths.add('D', path);
    else if (entry.type === 'symlink') this.#paths.add('L', path, entry.linkTarget ?? '');
    else if (entry.type === 'hardlink') this.#hardlink(path, entry.linkTarget ?? '');
    else this.#paths.add('O', path);
    return false;
  }

  data(chunk: Uint8Array): void {
    this.#open?.reader.data(chunk);
  }

  end(): void {
    if (this.#open === undefined) return;
    const { path, reader } = this.#open;
    this.#open = undefined;
    const facts = reader.end();
    if (facts === undefined) {
      this.#unwanted(path);
      return;
    }
    this.#files.push(facts);
    this.#paths.add('C');
    this.#bound(this.#files.length);
  }

  finish(end: WalkEnd): LayerRecord {
    this.end();
    return new LayerRecord({
      ...end,
      files: this.#files,
      linked: [...this.#linked],
      texts: packTexts(this.#budget.texts),
      paths: this.#paths.finish(),
    });
  }

  #file(entry: Entry): boolean {
    const byName = this.#router.byName(entry.path);
    if (byName.length === 0 && entry.size < this.#router.magicMinBytes) {
      this.#unwanted(entry.path);
      return false;
    }
    const read = { path: entry.path, seq: this.#seq, byName };
    this.#open = { path: entry.path, reader: new FileReader(this.#router, this.#budget, entry, read) };
    return true;
  }

  #unwanted(path: string): void {
    if (this.#router.echoes(path)) this.#paths.add('E', path, this.#seq.toString(36));
    else this.#paths.plain(path, this.#seq);
  }

  #whiteout(hidden: Whiteout): void {
    if (hidden.kind === 'file') this.#paths.add('W', hidden.path);
    else if (hidden.kind === 'opaque') this.#paths.add('Q', hidden.folder);
  }

  #hardlink(path: string, target: string): void {
    this.#paths.add('H', path, target);
    if (this.#router.byName(path).length === 0 && !this.#router.echoes(path)) return;
    this.#linked.add(target);
    this.#bound(this.#linked.size);
  }

  #bound(count: number): void {
    if (count > LIMITS.treeNodes)
      throw new PratiqueError(
        'LIMIT_EXCEEDED',
        `a layer has more than ${LIMITS.treeNodes} files to look into`,
      );
  }
}
