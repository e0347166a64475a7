import { LIMITS } from '../kit/index.ts';
import type { Diagnostic, Digest } from '../model/index.ts';
import type { FileFacts } from './facts.ts';
import type { PathVisitor } from './path-list.ts';
import { readPathList } from './path-list.ts';
import { joinSections, packText, splitSections, unpackText } from './sections.ts';

/**
 * All that is known of one layer by itself: enough to lay it over others without reading its blob again. The long
 * parts stay packed until somebody asks for them.
 */
export class LayerRecord {
  /** The digest of the blob as it was read; absent for a folder. */
  readonly digest: Digest | undefined;
  readonly files: readonly FileFacts[];
  /** Targets of hard links whose name is routed: the plain files among them must be known by path. */
  readonly linked: readonly string[];
  /** Parts of a folder that could not be read; nothing of the kind is left open in a blob. */
  readonly diagnostics: readonly Diagnostic[];
  readonly #texts: Uint8Array;
  readonly #paths: readonly Uint8Array[];

  constructor(parts: RecordParts) {
    this.digest = parts.digest;
    this.files = parts.files;
    this.linked = parts.linked;
    this.diagnostics = parts.diagnostics;
    this.#texts = parts.texts;
    this.#paths = parts.paths;
  }

  /** The lists of files of packages, by the index that `Facts.owns` gives. Unpacked at every call. */
  texts(): readonly string[] {
    const joined = unpackText(this.#texts, LIMITS.layerOwnedPathBytes * 4);
    return joined === '' ? [] : joined.split('\0');
  }

  eachMember(visitor: PathVisitor): void {
    readPathList(this.#paths, visitor);
  }

  /** The whole record as bytes that `decodeRecord` reads. */
  encode(): Uint8Array {
    const { digest, files, linked, diagnostics } = this;
    return joinSections(MARK, [
      packText(JSON.stringify({ digest, files, linked, diagnostics })),
      this.#texts,
      ...this.#paths,
    ]);
  }
}

export interface RecordParts {
  readonly digest: Digest | undefined;
  readonly files: readonly FileFacts[];
  readonly linked: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** From `packTexts`. */
  readonly texts: Uint8Array;
  /** From `PathListWriter`. */
  readonly paths: readonly Uint8Array[];
}

/** Raised whenever the bytes of a record or the meaning of its parts change. */
export const RECORD_FORMAT = 1;

export function packTexts(texts: readonly string[]): Uint8Array {
  return packText(texts.join('\0'));
}

/**
 * Reads what `LayerRecord.encode` wrote. Returns undefined for anything else, be it damaged, cut or of another
 * format.
 */
export function decodeRecord(bytes: Uint8Array): LayerRecord | undefined {
  try {
    const [facts, texts, ...paths] = splitSections(MARK, bytes);
    if (facts === undefined || texts === undefined) return undefined;
    const parsed: unknown = JSON.parse(unpackText(facts, LIMITS.layerRecordBytes * 8));
    if (!isStored(parsed)) return undefined;
    return new LayerRecord({ ...parsed, texts, paths });
  } catch {
    return undefined;
  }
}

type Stored = Pick<RecordParts, 'digest' | 'files' | 'linked' | 'diagnostics'>;

/** The checksum says that these are our own bytes; this only says that they are of this shape. */
function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false;
  const lists = value as Partial<Record<keyof Stored, unknown>>;
  return [lists.files, lists.linked, lists.diagnostics].every(Array.isArray);
}

const MARK = Buffer.from(`pratique layer record ${RECORD_FORMAT}\n`, 'latin1');
