import { LIMITS, PratiqueError } from '../kit/index.ts';
import type { Diagnostic, Distro, PackageFact } from '../model/index.ts';
import type { CatalogSink } from './cataloger.ts';

/** What one cataloger says of one file. */
export interface Facts {
  /** Index in the router's list of catalogers. */
  readonly cataloger: number;
  readonly packages: readonly PackageFact[];
  readonly distros: readonly Distro[];
  readonly diagnostics: readonly Diagnostic[];
  /** Owner keys, each with the index of its text of paths in the record's texts. */
  readonly owns: readonly (readonly [ownerKey: string, text: number])[];
}

/** A file that some cataloger has looked at. */
export interface FileFacts {
  /** The path that it was read under. */
  readonly path: string;
  /** Position of the member in its layer, counted from 0. */
  readonly seq: number;
  /** The catalogers whose magic it begins with; whoever asks by path is found by the path again. */
  readonly magic: readonly number[];
  readonly facts: readonly Facts[];
}

const NONE: readonly never[] = [];

/** Most files give packages and nothing else, and there may be a million of them. */
function orNone<T>(items: readonly T[]): readonly T[] {
  return items.length === 0 ? NONE : items;
}

/** Counts what catalogers find in one layer, so that no layer can fill the memory with facts. */
export class FactBudget {
  readonly texts: string[] = [];
  #packages = 0;
  #textBytes = 0;
  readonly #diagnostics = new Map<string, number>();

  /** A sink for one cataloger at one file; `take` gives what it found. */
  sink(cataloger: number): { out: CatalogSink; take(): Facts } {
    const packages: PackageFact[] = [];
    const distros: Distro[] = [];
    const diagnostics: Diagnostic[] = [];
    const owns: [string, number][] = [];
    const out: CatalogSink = {
      package: (fact) => {
        this.#countPackage();
        packages.push(fact);
      },
      owns: (ownerKey, paths) => owns.push([ownerKey, this.#keepText(paths)]),
      distro: (distro) => distros.push(distro),
      diagnostic: (diagnostic) => {
        const kept = this.#keepDiagnostic(diagnostic);
        if (kept !== undefined) diagnostics.push(kept);
      },
    };
    const take = (): Facts => ({
      cataloger,
      packages,
      distros: orNone(distros),
      diagnostics: orNone(diagnostics),
      owns: orNone(owns),
    });
    return { out, take };
  }

  #countPackage(): void {
    this.#packages += 1;
    if (this.#packages > LIMITS.packagesPerImage)
      throw new PratiqueError(
        'LIMIT_EXCEEDED',
        `a layer holds more than ${LIMITS.packagesPerImage} packages`,
      );
  }

  #keepText(text: string): number {
    this.#textBytes += text.length;
    if (this.#textBytes > LIMITS.layerOwnedPathBytes)
      throw new PratiqueError(
        'LIMIT_EXCEEDED',
        `the file lists of a layer's packages are larger than ${LIMITS.layerOwnedPathBytes} bytes`,
      );
    return this.texts.push(text.includes('\0') ? text.replaceAll('\0', '') : text) - 1;
  }

  /** The last one that is kept of a code says so, and stays unknown. */
  #keepDiagnostic(diagnostic: Diagnostic): Diagnostic | undefined {
    const count = (this.#diagnostics.get(diagnostic.code) ?? 0) + 1;
    this.#diagnostics.set(diagnostic.code, count);
    if (count < LIMITS.layerDiagnostics) return diagnostic;
    if (count > LIMITS.layerDiagnostics) return undefined;
    return {
      code: diagnostic.code,
      message: `${diagnostic.message} (more of this kind in this layer are not listed)`,
      unknown: true,
      ...(diagnostic.where === undefined ? {} : { where: diagnostic.where }),
    };
  }
}
