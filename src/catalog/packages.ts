import type { Diagnostic, Distro, LayerRef, Package, PackageFact } from '../model/index.ts';
import type { Facts } from './facts.ts';
import type { KnownFile } from './layers.ts';
import { isOsType, namespaceOf, purlOf } from './purl.ts';
import type { LayerRecord } from './record.ts';
import type { Router } from './router.ts';

/** One package at one place, before ownership is known and the same ones are joined. */
export interface Sighting {
  readonly fact: PackageFact;
  readonly purl: string;
  /** Index in the router's list. */
  readonly cataloger: number;
  readonly location: string;
  /** Index of the lowest layer from which on this file always held it in this version. */
  readonly layer: number;
}

/** Where the list of files of a package stands. */
export interface OwnedText {
  readonly record: LayerRecord;
  readonly text: number;
}

/** All that the finished tree's files say, the newest version of each. */
export interface Findings {
  readonly distro: Distro | undefined;
  readonly sightings: readonly Sighting[];
  /** By `ownerOf`. */
  readonly owned: ReadonlyMap<string, readonly OwnedText[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The key under which a cataloger's packages and their lists of files meet. */
export function ownerOf(cataloger: number, ownerKey: string): string {
  return `${cataloger} ${ownerKey}`;
}

export function gather(files: readonly KnownFile[], router: Router): Findings {
  const distro = chooseDistro(files, router);
  const sightings: Sighting[] = [];
  const owned = new Map<string, OwnedText[]>();
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const newest = file.versions[0];
    if (newest === undefined) continue;
    const since = sinceWhen(file);
    for (const facts of newest.facts) {
      for (const fact of facts.packages) {
        const layer = since(facts.cataloger, fact);
        const purl = purlOf(fact, distro);
        sightings.push({ fact, purl, cataloger: facts.cataloger, location: file.path, layer });
      }
      for (const [key, text] of facts.owns) {
        const owner = ownerOf(facts.cataloger, key);
        const texts = owned.get(owner);
        if (texts === undefined) owned.set(owner, [{ record: newest.record, text }]);
        else texts.push({ record: newest.record, text });
      }
      diagnostics.push(...facts.diagnostics);
    }
  }
  return { distro, sightings, owned, diagnostics };
}

/** Where several files name the distribution, the cataloger that comes first wins, and its first exact route. */
function chooseDistro(files: readonly KnownFile[], router: Router): Distro | undefined {
  let best: { rank: readonly [number, number]; distro: Distro } | undefined;
  for (const { path, versions } of files)
    for (const { cataloger, distros } of versions[0]?.facts ?? []) {
      const distro = distros[0];
      if (distro === undefined) continue;
      const rank = [cataloger, routeRank(router, cataloger, path)] as const;
      if (
        best === undefined ||
        rank[0] < best.rank[0] ||
        (rank[0] === best.rank[0] && rank[1] < best.rank[1])
      )
        best = { rank, distro };
    }
  return best?.distro;
}

function routeRank(router: Router, cataloger: number, path: string): number {
  const routes = router.catalogers[cataloger]?.routes ?? [];
  const index = routes.findIndex((route) => 'exact' in route && route.exact === path);
  return index === -1 ? routes.length : index;
}

/** Tells for each fact of the newest version the layer since which every version of the file holds it. */
function sinceWhen({ versions }: KnownFile): (cataloger: number, fact: PackageFact) => number {
  const newest = versions[0]?.layer ?? 0;
  if (versions.length < 2) return () => newest;
  const earlier = versions.slice(1).map(({ layer, facts }) => ({ layer, held: heldBy(facts) }));
  return (cataloger, fact) => {
    const key = identityOf(cataloger, fact);
    let since = newest;
    for (const { layer, held } of earlier) {
      if (!held.has(key)) break;
      since = layer;
    }
    return since;
  };
}

function heldBy(facts: readonly Facts[]): ReadonlySet<string> {
  return new Set(
    facts.flatMap(({ cataloger, packages }) => packages.map((fact) => identityOf(cataloger, fact))),
  );
}

function identityOf(cataloger: number, fact: PackageFact): string {
  const { type, namespace, name, version, qualifiers, subpath } = fact;
  return JSON.stringify([cataloger, type, namespace, name, version, qualifiers, subpath]);
}

/**
 * Joins what is the same package: one purl, one owner. Sorted by purl, then by first location. `owners` says which
 * OS package owns a sighting; `made` is told from which sightings a package was made.
 */
export function joinSightings(
  findings: Findings,
  owners: ReadonlyMap<Sighting, string>,
  context: { router: Router; layers: readonly LayerRef[] },
  made: (pkg: Package, from: readonly Sighting[]) => void,
): Package[] {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of findings.sightings) {
    // Some purls fold the case of names that their ecosystem keeps apart (Go).
    const { namespace = '', name } = sighting.fact;
    const key = [sighting.purl, owners.get(sighting) ?? '', namespace, name].join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sighting]);
    else group.push(sighting);
  }
  const packages: Package[] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => compare(a.location, b.location) || a.cataloger - b.cataloger);
    const pkg = packageOf(group, findings.distro, owners, context);
    if (pkg === undefined) continue;
    made(pkg, group);
    packages.push(pkg);
  }
  return packages.sort(
    (a, b) => compare(a.purl, b.purl) || compare(a.locations[0] ?? '', b.locations[0] ?? ''),
  );
}

function packageOf(
  group: readonly Sighting[],
  distro: Distro | undefined,
  owners: ReadonlyMap<Sighting, string>,
  { router, layers }: { router: Router; layers: readonly LayerRef[] },
): Package | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const { fact } = first;
  const index = Math.min(...group.map(({ layer }) => layer));
  const namespace = namespaceOf(fact, distro);
  const ownedBy = owners.get(first);
  return {
    purl: first.purl,
    type: fact.type,
    name: fact.name,
    version: fact.version,
    ...(namespace === undefined ? {} : { namespace }),
    ...(fact.source === undefined ? {} : { source: fact.source }),
    layer: layers[index] ?? { index },
    locations: [...new Set(group.map(({ location }) => location))],
    ...(ownedBy === undefined ? {} : { ownedBy }),
    cataloger: router.catalogers[first.cataloger]?.name ?? '',
    ...(fact.details === undefined ? {} : { details: fact.details }),
  };
}

/** What a reader must know of the whole: a list that is empty or cannot be matched never looks clean. */
export function verdictOnWhole({ distro, sightings }: Findings): Diagnostic[] {
  const ofDistro = sightings.some(({ fact }) => isOsType(fact.type));
  if (distro === undefined && sightings.length === 0)
    return [
      {
        code: 'nothing-recognised',
        message: 'neither a distribution nor a single package was recognised in this image',
        unknown: true,
        hint: 'what is in it was built in a way that leaves no trace we can read',
      },
    ];
  if (distro === undefined && ofDistro)
    return [
      {
        code: 'unknown-distribution',
        message: 'there are packages of a distribution, but nothing says which distribution it is',
        unknown: true,
        hint: 'keep etc/os-release or usr/lib/os-release in the image',
      },
    ];
  if (distro !== undefined && !ofDistro)
    return [
      {
        code: 'no-distribution-packages',
        message: `it is ${distro.prettyName ?? distro.id}, but no list of the packages of a distribution was found in it`,
        unknown: true,
        hint: 'the list was removed, or is of a kind that is not read: those of dpkg and apk are',
      },
    ];
  return [];
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
