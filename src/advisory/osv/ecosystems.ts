/** An ecosystem whose advisories OSV collects. */
export interface OsvEcosystem {
  /** OSV's name, which is the key in the database and the folder of its export. */
  readonly name: string;
  /** Scheme of its versions, by the name in `version/schemes.ts`. */
  readonly scheme: string;
  /** Names that mean the same package become the same key. */
  readonly normalize?: (name: string) => string;
}

/** One more ecosystem is one more line. Source: OSV schema, "affected[].package", and each registry's own rules. */
export const OSV_ECOSYSTEMS: readonly OsvEcosystem[] = [
  { name: 'PyPI', scheme: 'pep440', normalize: pythonName },
  { name: 'npm', scheme: 'semver' },
  { name: 'Go', scheme: 'golang' },
  { name: 'crates.io', scheme: 'semver' },
];

/** Source: PEP 503, "Normalized Names". */
function pythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
