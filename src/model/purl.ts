/** The parts of a package URL. Source: ECMA-427 (package-url specification). */
export interface PurlParts {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly subpath?: string | undefined;
}

/** Writes the canonical form: qualifiers sorted by key, empty ones left out, names normalised by type. */
export function formatPurl(parts: PurlParts): string {
  const type = parts.type.toLowerCase();
  const namespace = segments(normalizeNamespace(type, parts.namespace ?? ''));
  const name = encode(normalizeName(type, parts.name));
  const version = parts.version === undefined || parts.version === '' ? '' : `@${encode(parts.version)}`;
  const subpath = segments(parts.subpath ?? '');
  return `pkg:${type}/${namespace === '' ? '' : `${namespace}/`}${name}${version}${query(parts.qualifiers)}${subpath === '' ? '' : `#${subpath}`}`;
}

/** The purl without version, qualifiers and subpath: what a package is called, whatever its version. */
export function purlWithoutVersion(purl: string): string {
  const end = purl.search(/[@?#]/);
  return end === -1 ? purl : purl.slice(0, end);
}

function query(qualifiers: PurlParts['qualifiers']): string {
  const pairs = Object.entries(qualifiers ?? {})
    .filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
    .map(([key, value]) => [key.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${key}=${encode(value)}`).join('&')}`;
}

function segments(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map(encode)
    .join('/');
}

function normalizeNamespace(type: string, namespace: string): string {
  return LOWER_NAMESPACE.has(type) ? namespace.toLowerCase() : namespace;
}

function normalizeName(type: string, name: string): string {
  if (type === 'pypi') return name.toLowerCase().replaceAll('_', '-');
  return LOWER_NAME.has(type) ? name.toLowerCase() : name;
}

const LOWER_NAMESPACE = new Set([
  'deb',
  'apk',
  'rpm',
  'alpm',
  'bitbucket',
  'github',
  'composer',
  'hex',
  'golang',
]);
const LOWER_NAME = new Set([
  'deb',
  'apk',
  'alpm',
  'bitbucket',
  'bitnami',
  'github',
  'composer',
  'hex',
  'golang',
]);

/** Percent-encodes all but the unreserved characters and the colon. */
function encode(text: string): string {
  if (/^[A-Za-z0-9._~:-]*$/.test(text)) return text;
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
