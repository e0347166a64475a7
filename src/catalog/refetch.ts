import type { Entry, EntryHandler } from '../archive/index.ts';
import type { Layer } from '../image/index.ts';
import { FactBudget, type FileFacts } from './facts.ts';
import { FileReader } from './read-file.ts';
import { LayerRecord, packTexts } from './record.ts';
import type { Router } from './router.ts';
import { handMembers, type WalkContext, type WalkEnd } from './walk.ts';

/** A member of a layer that must be read as if it lay at another path, where links lead to it. */
export interface Request {
  readonly member: string;
  readonly seq: number;
  readonly as: string;
}

/**
 * Reads a few members of one layer again, each under the path that it was asked for; `files` of the result are in
 * the order of the requests. What cannot be found again (a folder that changed) is a diagnostic of that file.
 */
export async function refetch(
  layer: Layer,
  requests: readonly Request[],
  router: Router,
  context: WalkContext = {},
): Promise<LayerRecord> {
  const reader = new RequestReader(requests, router, layer.kind === 'blob');
  return reader.finish(await handMembers(layer, reader, context));
}

class RequestReader implements EntryHandler {
  readonly #router: Router;
  /** Members of a tar may repeat a path; a folder may have changed, so that only the path says which is meant. */
  readonly #bySeq: boolean;
  readonly #requests: readonly Request[];
  readonly #byMember = new Map<string, number[]>();
  readonly #budget = new FactBudget();
  readonly #found = new Map<number, FileFacts>();
  #open: { readonly index: number; readonly reader: FileReader }[] = [];
  #seq = -1;

  constructor(requests: readonly Request[], router: Router, bySeq: boolean) {
    this.#requests = requests;
    this.#router = router;
    this.#bySeq = bySeq;
    for (const [index, { member }] of requests.entries())
      this.#byMember.set(member, [...(this.#byMember.get(member) ?? []), index]);
  }

  entry(entry: Entry): boolean {
    this.end();
    this.#seq += 1;
    if (entry.type !== 'file') return false;
    for (const index of this.#byMember.get(entry.path) ?? []) {
      const request = this.#requests[index];
      if (request === undefined || (this.#bySeq && request.seq !== this.#seq)) continue;
      const read = { path: request.as, seq: request.seq, byName: this.#router.byName(request.as) };
      this.#open.push({ index, reader: new FileReader(this.#router, this.#budget, entry, read) });
    }
    return this.#open.length > 0;
  }

  data(chunk: Uint8Array): void {
    for (const { reader } of this.#open) reader.data(chunk);
  }

  end(): void {
    for (const { index, reader } of this.#open) {
      const facts = reader.end();
      if (facts !== undefined) this.#found.set(index, facts);
      else this.#found.set(index, this.#nothing(index));
    }
    this.#open = [];
  }

  finish({ digest }: WalkEnd): LayerRecord {
    this.end();
    const files = this.#requests.map((_, index) => this.#found.get(index) ?? this.#lost(index));
    const texts = packTexts(this.#budget.texts);
    return new LayerRecord({ digest, files, linked: [], diagnostics: [], texts, paths: [] });
  }

  #nothing(index: number): FileFacts {
    const { as, seq } = this.#requests[index] ?? { as: '', seq: 0 };
    return { path: as, seq, magic: [], facts: [] };
  }

  #lost(index: number): FileFacts {
    const empty = this.#nothing(index);
    const cataloger = this.#router.byName(empty.path)[0] ?? 0;
    const { out, take } = this.#budget.sink(cataloger);
    out.diagnostic({
      code: 'unreadable-file',
      message: `${this.#requests[index]?.member} is gone, to which its links lead`,
      unknown: true,
      where: empty.path,
    });
    return { ...empty, facts: [take()] };
  }
}
