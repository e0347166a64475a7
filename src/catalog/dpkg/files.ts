import type { Stanza } from './status.ts';

/**
 * The key of a package's files. In `status.d` it is the name of the file that the stanza stands in. For the one
 * status file it is the name of the list in `info/`, where dpkg adds the architecture to packages that may be there
 * for several at once. Source: dpkg `lib/dpkg/db-fsys-files.c`, database format 1.
 */
export function ownerKeyOf(stanza: Stanza, path: string): string {
  if (path.includes('/status.d/')) return ownerKeyOfStatusDFile(path);
  const several = stanza.multiArch.toLowerCase() === 'same' && stanza.architecture !== '';
  return several ? `${stanza.package}:${stanza.architecture}` : stanza.package;
}

/** `info/libc6:amd64.list` → `libc6:amd64`. */
export function ownerKeyOfInfoFile(path: string): string {
  return basename(path).replace(/\.list$/, '');
}

/** In `status.d` a package and its sums share the file's name, which need not be the package's. */
export function ownerKeyOfStatusDFile(path: string): string {
  return `status.d/${basename(path).replace(/\.md5sums$/, '')}`;
}

/** `/.` and `/usr/bin/x`, a line each. */
export function pathsOfList(text: string): string {
  const lines = text.startsWith('/.\n') ? text.slice(2) : `\n${text}`;
  return lines.replaceAll('\n/', '\n').trim();
}

/** `<md5>  usr/bin/x`, a line each. */
export function pathsOfMd5sums(text: string): string {
  const paths: string[] = [];
  for (const line of text.split('\n')) {
    const gap = line.indexOf(' ');
    const path = gap === -1 ? '' : line.slice(gap).trim();
    if (path !== '') paths.push(path.replace(/^(?:\.?\/)+/, ''));
  }
  return paths.join('\n');
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
