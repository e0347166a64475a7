/**
 * The assignments of an os-release file; the last of several wins, as in a shell. Lines that are none are left
 * out. Source: os-release(5).
 */
export function parseOsRelease(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(equals, 0)).trim();
    if (/^[A-Za-z_]\w*$/.test(key)) fields.set(key, unquote(line.slice(equals + 1).trim()));
  }
  return fields;
}

/** Shell quoting, as far as os-release(5) allows it: no variables, no substitutions, no joined pieces. */
function unquote(value: string): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value.replace(/\\(.)/g, '$1');
  const inner = value.slice(1, value.length > 1 && value.endsWith(quote) ? -1 : undefined);
  return quote === "'" ? inner : inner.replace(/\\(["$`\\])/g, '$1');
}
