import type { PackageFact } from '../../model/index.ts';
import type { Entry } from './installed.ts';

/**
 * The package of an entry that has a name and a version. Its name is the key of its files. A name with a dot in
 * front is a group that `apk add --virtual` made up: no repository has it, so no advisory speaks of it.
 */
export function packageOf(entry: Entry): PackageFact {
  const { name, version, architecture, origin, licence } = entry;
  return {
    type: 'apk',
    name,
    version,
    source: { name: origin === '' ? name : origin, version },
    ownerKey: name,
    ...(architecture === '' ? {} : { qualifiers: { arch: architecture } }),
    details: {
      ...(architecture === '' ? {} : { architecture }),
      ...(licence === '' ? {} : { licence }),
      ...(name.startsWith('.') ? { virtual: true } : {}),
    },
  };
}

export function ownedPaths(entry: Entry): string {
  return entry.paths.join('\n');
}
