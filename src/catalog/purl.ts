import { type Distro, formatPurl, type PackageFact } from '../model/index.ts';

/** Types whose packages come from the distribution, which is their namespace and says which advisories count. */
const OS_TYPES: ReadonlySet<string> = new Set(['deb', 'apk', 'rpm', 'alpm']);

export function isOsType(type: string): boolean {
  return OS_TYPES.has(type);
}

/** The namespace of a package: what the fact says, else the distribution's id for its own packages. */
export function namespaceOf(fact: PackageFact, distro: Distro | undefined): string | undefined {
  return fact.namespace ?? (isOsType(fact.type) ? distro?.id : undefined);
}

/**
 * The package URL of a fact. Packages of a distribution carry `distro` (`debian-12`, as peers write it) and
 * `upstream`, the source package where it is not the package itself, with `@version` where the source's version
 * differs. Source: package-url specification, types deb and apk, "known qualifiers".
 */
export function purlOf(fact: PackageFact, distro: Distro | undefined): string {
  const { type, name, version, subpath } = fact;
  const qualifiers = isOsType(type)
    ? { upstream: upstreamOf(fact), distro: distroQualifier(distro), ...fact.qualifiers }
    : fact.qualifiers;
  return formatPurl({ type, namespace: namespaceOf(fact, distro), name, version, qualifiers, subpath });
}

function distroQualifier(distro: Distro | undefined): string | undefined {
  if (distro === undefined) return undefined;
  return distro.versionId === undefined ? distro.id : `${distro.id}-${distro.versionId}`;
}

function upstreamOf({ name, version, source }: PackageFact): string | undefined {
  if (source === undefined) return undefined;
  if (source.version !== version && source.version !== '') return `${source.name}@${source.version}`;
  return source.name === name ? undefined : source.name;
}
