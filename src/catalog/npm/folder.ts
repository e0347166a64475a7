/** Where Debian's node-* packages live, without the architecture's folder in between. */
const DEBIAN = /^usr\/(?:share|lib|lib\/[^/]+)\/nodejs\//;

/**
 * The name that the folder gives to the package whose own package.json this is: `react`, `@types/node`. Undefined
 * for a package.json elsewhere.
 */
export function folderNameOf(path: string): string | undefined {
  const folders = path.split('/').slice(0, -1);
  const modules = folders.lastIndexOf('node_modules');
  if (modules !== -1) return nameOf(folders.slice(modules + 1));
  const debian = DEBIAN.exec(path)?.[0];
  return debian === undefined ? undefined : nameOf(path.slice(debian.length).split('/').slice(0, -1));
}

function nameOf(parts: readonly string[]): string | undefined {
  const [first = '', second, third] = parts;
  // `.bin`, `.pnpm`, `.cache` belong to the package managers.
  if (first === '' || first.startsWith('.') || third !== undefined) return undefined;
  if (first.startsWith('@')) return second === undefined ? undefined : `${first}/${second}`;
  return second === undefined ? first : undefined;
}
