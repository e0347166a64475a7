import type { EntryHandler } from '../archive/index.ts';
import type { Clock, Log } from '../kit/index.ts';
import type { Diagnostic, Digest, LayerRef, Platform } from '../model/index.ts';

/** An image, opened: small and lazy. Nothing of a layer is read before `open` or `walk`. */
export interface Image {
  /** As the user named it. */
  readonly name: string;
  /** Which source opened it: `registry`, `layout`, `archive`, `rootfs`. */
  readonly source: string;
  /** The manifest's digest; absent where there is none (docker-save without one, a root file system). */
  readonly digest?: Digest;
  /** The index that the manifest was chosen from. */
  readonly indexDigest?: Digest;
  readonly mediaType?: string;
  readonly platform?: Platform;
  readonly annotations: Readonly<Record<string, string>>;
  readonly config: ImageConfig;
  /** The base first. */
  readonly layers: readonly Layer[];
  /** The documents as they were read, verified where their digests are known; for promotion and `validate`. */
  readonly documents?: { readonly manifest?: Uint8Array; readonly config?: Uint8Array };
  /** Lets go of files and connections; may be called more than once. */
  close(): Promise<void>;
}

/** What we use of an image's config; all of it is a claim. Source: OCI image spec, config. */
export interface ImageConfig {
  readonly digest?: Digest;
  readonly created?: string;
  readonly author?: string;
  readonly user?: string;
  readonly platform?: Platform;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly diffIds: readonly Digest[];
  readonly history: readonly {
    readonly created?: string;
    readonly createdBy?: string;
    readonly comment?: string;
    readonly emptyLayer: boolean;
  }[];
}

/** A layer is a blob (tar, maybe compressed) or a tree that is walked in place. */
export type Layer = BlobLayer | TreeLayer;

export interface BlobLayer {
  readonly kind: 'blob';
  readonly ref: LayerRef;
  readonly descriptor: {
    readonly mediaType: string;
    readonly size: number;
    /** Of the bytes as stored, by the manifest's word. */
    readonly digest?: Digest;
    /**
     * Where no manifest names a digest: what the bytes must have for the config to be true, since they are a plain
     * tar with a diff id. Who reads them checks it, but it finds no cached record: only bytes that were read do.
     */
    readonly expected?: Digest;
  };
  /**
   * The blob's bytes as stored, not yet verified: who reads them checks size and digest (`catalog/walk` does).
   * May be opened more than once.
   */
  open(signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface TreeLayer {
  readonly kind: 'tree';
  readonly ref: LayerRef;
  /**
   * Hands every member to the handler, in sorted order; never follows a link out of the tree. Returns what could
   * not be read: whoever walks must pass that on.
   */
  walk(handler: EntryHandler, signal?: AbortSignal): Promise<readonly Diagnostic[]>;
}

/** What a source may use. */
export interface SourceContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Network access is an error (OFFLINE). */
  readonly offline: boolean;
  readonly platform?: Platform;
  /** Registries that are spoken to over plain HTTP or with certificates that are not verified. */
  readonly insecureRegistries: readonly string[];
  readonly signal?: AbortSignal;
}

/** Why an input is not of a source's kind, in words that follow the source's name: `no such folder`. */
export interface Missed {
  readonly missed: string;
}

/**
 * One kind of place that an image can come from. `open` returns `Missed` when the input is not of its kind (the
 * next source is asked), and throws a PratiqueError when it is of its kind but wrong.
 */
export interface ImageSource {
  readonly name: string;
  /** For help: the forms it takes. */
  readonly forms: readonly string[];
  /** An explicit prefix (`oci:`, `docker-archive:`) picks the source without asking the others. */
  readonly prefixes: readonly string[];
  /** `input` comes without the prefix; `prefix` is the one that the user wrote, if any. */
  open(input: string, context: SourceContext, prefix?: string): Promise<Image | Missed>;
}
