import type { PackageFact, SourcePackage } from '../../model/index.ts';
import type { Stanza } from './status.ts';

/** States of dpkg(1) in which no file of the package is left but its configuration. */
const NOT_THERE = new Set(['not-installed', 'config-files']);

/**
 * Whether the files of the package are there: wholly, half, or waiting for a trigger. A package that is
 * "deinstall ok installed" is only marked for removal. Without `Status` (distroless has none) it is there.
 */
export function isThere(stanza: Stanza): boolean {
  return !NOT_THERE.has(wordsOf(stanza)[2] ?? '');
}

/** The package of a stanza that has a name and a version. */
export function packageOf(stanza: Stanza, ownerKey: string): PackageFact {
  const words = wordsOf(stanza).join(' ');
  const plain = words === '' || words === 'install ok installed';
  return {
    type: 'deb',
    name: stanza.package,
    version: stanza.version,
    source: sourceOf(stanza),
    ownerKey,
    ...(stanza.architecture === '' ? {} : { qualifiers: { arch: stanza.architecture } }),
    details: {
      ...(stanza.architecture === '' ? {} : { architecture: stanza.architecture }),
      ...(stanza.maintainer === '' ? {} : { maintainer: stanza.maintainer }),
      ...(plain ? {} : { status: stanza.status }),
    },
  };
}

/** Want, flag and state, in lower case. */
function wordsOf(stanza: Stanza): string[] {
  return stanza.status.toLowerCase().split(/\s+/).filter(Boolean);
}

/** `Source: name` or `Source: name (version)`; each part defaults to the package's own. Source: deb-control(5). */
function sourceOf(stanza: Stanza): SourcePackage {
  const { source, package: name, version } = stanza;
  const open = source.indexOf('(');
  if (open === -1) return { name: source === '' ? name : source, version };
  const inside = source.slice(open + 1, source.endsWith(')') ? -1 : undefined).trim();
  return { name: source.slice(0, open).trim() || name, version: inside === '' ? version : inside };
}
