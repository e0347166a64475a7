/** What matters of a package.json; a member of the wrong type counts as missing. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly licence?: string;
}

/** Undefined when it is no JSON object. Source: npm docs, "package.json". */
export function readManifest(text: string): Manifest | undefined {
  const json = parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  if (json === undefined) return undefined;
  const name = textOf(json['name']);
  const version = textOf(json['version']);
  const licence = licenceOf(json);
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(licence === undefined ? {} : { licence }),
  };
}

/** The purl parts of a name: the scope is the namespace, with its `@`. */
export function splitName(name: string): { name: string; namespace?: string } {
  const slash = name.indexOf('/');
  if (!name.startsWith('@') || slash === -1) return { name };
  return { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** `license`, or one of its older shapes: `{type}` and the list `licenses`. */
function licenceOf(json: Record<string, unknown>): string | undefined {
  const declared = json['license'] ?? json['licenses'];
  const each = Array.isArray(declared) ? declared.slice(0, 20) : [declared];
  const names = each.map((one) => textOf(one) ?? textOf(objectOf(one)?.['type'])).filter(Boolean);
  return names.length === 0 ? undefined : names.join(' OR ');
}
