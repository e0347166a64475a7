import { readFileSync } from 'node:fs';

/** The version of the package: of the bundle's own package.json, which lies one folder up in both layouts. */
export function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    const version = versionAt(new URL(place, import.meta.url));
    if (version !== undefined) return version;
  }
  return '0.0.0';
}

function versionAt(url: URL): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(url, 'utf8')) as { name?: string; version?: string };
    return name === 'pratique' ? version : undefined;
  } catch {
    return undefined;
  }
}
