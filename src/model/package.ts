import type { Digest } from './digest.ts';

/** What a cataloger says of one package. Everything else about it derives from `purl.type`. */
export interface PackageFact {
  /** purl type: `deb`, `apk`, `npm`, `pypi`, `golang`. Source: package-url specification, "types". */
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** purl namespace: distribution id for deb and apk, scope for npm, path for golang. */
  readonly namespace?: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
  readonly subpath?: string;
  /** The source package that the distribution's advisories speak of (Debian `Source:`, Alpine `origin`). */
  readonly source?: SourcePackage;
  /** Key under which the same cataloger reports this package's files (`CatalogSink.owns`). */
  readonly ownerKey?: string;
  /** Ecosystem-specific data, one open bag (architecture, main module, licence text as found …). */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface SourcePackage {
  readonly name: string;
  readonly version: string;
}

/** The layer that brought a package. */
export interface LayerRef {
  /** 0 is the base. */
  readonly index: number;
  /** The digest of the blob as it was read; absent where the source has no blobs (a root file system folder). */
  readonly digest?: Digest;
  /** The diff id that the image's config claims for it. */
  readonly diffId?: Digest;
}

/** A package of an image, after its layers were laid over each other. */
export interface Package {
  /** Canonical package URL; see `purlOf`. */
  readonly purl: string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly namespace?: string;
  readonly source?: SourcePackage;
  /** The lowest layer from which on it was always there in this version. */
  readonly layer: LayerRef;
  /** Paths inside the image, without a leading slash, that prove it. */
  readonly locations: readonly string[];
  /** purl of the OS package that owns those files: its distribution's word wins over the language's. */
  readonly ownedBy?: string;
  readonly cataloger: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
