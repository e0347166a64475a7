/** Header fields of a Python distribution; empty where they are missing. */
export interface Metadata {
  readonly name: string;
  readonly version: string;
  /** First line of `License-Expression`, else of `License`. */
  readonly licence: string;
}

/**
 * Reads the header up to its first blank line; the first of several equal fields counts. Source: PyPA "Core
 * metadata specifications" (RFC 822 headers with folding).
 */
export function readMetadata(text: string): Metadata {
  const fields = new Map<string, string>();
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline;
    const line = text.slice(start, next);
    start = next + 1;
    if (line.trim() === '') break;
    // A folded line continues a field of which only the first line matters here.
    if (line.startsWith(' ') || line.startsWith('\t')) continue;
    const colon = line.indexOf(':');
    const field = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (WANTED.has(field) && !fields.has(field)) fields.set(field, line.slice(colon + 1).trim());
  }
  const licence = fields.get('license-expression') || fields.get('license') || '';
  return {
    name: fields.get('name') ?? '',
    version: fields.get('version') ?? '',
    licence: licence === 'UNKNOWN' ? '' : licence,
  };
}

const WANTED = new Set(['name', 'version', 'license', 'license-expression']);
