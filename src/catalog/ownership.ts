import { LIMITS } from '../kit/index.ts';
import type { Overlay } from './overlay.ts';
import { compare, type Findings, type OwnedText, ownerOf, type Sighting } from './packages.ts';
import { isOsType } from './purl.ts';
import type { LayerRecord } from './record.ts';
import { follow } from './tree.ts';

/**
 * Which OS package owns the file that proves a language package: its purl, by sighting. The distribution's list
 * counts only while the file is the distribution's: a language package that came in a later layer than the OS
 * package was put over it by somebody else. Paths are compared after links between folders, so that `/lib/x` in a
 * list finds `usr/lib/x`.
 */
export function findOwners(findings: Findings, overlay: Overlay): Map<Sighting, string> {
  const owners = new Map<Sighting, string>();
  const candidates = new Candidates(findings.sightings, overlay);
  if (candidates.size === 0) return owners;
  const textsOf = textReader();
  for (const owner of osPackages(findings)) {
    const { ownerKey } = owner.fact;
    if (ownerKey === undefined) continue;
    for (const at of findings.owned.get(ownerOf(owner.cataloger, ownerKey)) ?? [])
      for (const sighting of candidates.listedIn(textsOf(at)))
        if (sighting.layer <= owner.layer && !owners.has(sighting)) owners.set(sighting, owner.purl);
  }
  return owners;
}

/** The files of a package as its database lists them, sorted; folders that only lead to other files are left out. */
export function filesIn(texts: readonly string[]): string[] {
  const paths = new Set<string>();
  for (const text of texts) for (const line of text.split('\n')) paths.add(cleanLine(line));
  for (const root of ['', '.']) paths.delete(root);
  for (const path of [...paths]) {
    const slash = path.lastIndexOf('/');
    if (slash > 0) paths.delete(path.slice(0, slash));
  }
  return [...paths].sort(compare);
}

/** Reads texts, unpacking the texts of each record once. */
export function textReader(): (at: OwnedText) => string {
  const unpacked = new Map<LayerRecord, readonly string[]>();
  return ({ record, text }) => {
    const texts = unpacked.get(record) ?? record.texts();
    unpacked.set(record, texts);
    return texts[text] ?? '';
  };
}

/** In an order that no source and no timing can change: where two packages list a file, the first by purl owns it. */
function osPackages({ sightings }: Findings): Sighting[] {
  return sightings
    .filter(({ fact }) => isOsType(fact.type))
    .sort((a, b) => compare(a.purl, b.purl) || compare(a.location, b.location));
}

class Candidates {
  readonly #overlay: Overlay;
  readonly #byPath = new Map<string, Sighting[]>();
  /** Most lines of a list are dismissed by their last name. */
  readonly #names = new Set<string>();

  constructor(sightings: readonly Sighting[], overlay: Overlay) {
    this.#overlay = overlay;
    for (const sighting of sightings) {
      if (isOsType(sighting.fact.type)) continue;
      const path = this.#real(sighting.location);
      const there = this.#byPath.get(path);
      if (there === undefined) this.#byPath.set(path, [sighting]);
      else there.push(sighting);
      this.#names.add(lastName(path));
    }
  }

  get size(): number {
    return this.#byPath.size;
  }

  *listedIn(text: string): Generator<Sighting> {
    for (let at = 0; at < text.length; ) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline;
      const slash = text.lastIndexOf('/', end - 1);
      if (this.#names.has(text.slice(Math.max(slash + 1, at), end)))
        yield* this.#byPath.get(this.#real(cleanLine(text.slice(at, end)))) ?? [];
      at = end + 1;
    }
  }

  /** The path with the links between its folders resolved; the last part stays, link or not. */
  #real(path: string): string {
    const slash = path.lastIndexOf('/');
    if (slash === -1) return path;
    const folder = follow(this.#overlay.root, path.slice(0, slash), LIMITS.linkHops, this.#overlay.budget);
    return folder === undefined || folder.path === '' ? lastName(path) : `${folder.path}/${lastName(path)}`;
  }
}

function cleanLine(line: string): string {
  return line.replace(/^(?:\.?\/)+/, '');
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
