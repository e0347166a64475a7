/**
 * Debian's releases, codename to the number that its images give as VERSION_ID and its advisories are kept under.
 * `sid` and `experimental` have none. Source: distro-info-data, debian.csv, as of 2026-11-22.
 */
export const DEBIAN_RELEASES: Readonly<Record<string, string>> = {
  woody: '3.0',
  sarge: '3.1',
  etch: '4',
  lenny: '5',
  squeeze: '6',
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
};

/** `bookworm` gives `12`; a codename that is not known yet, and `sid`, stay what they are. */
export function debianReleaseNumber(codename: string): string {
  return DEBIAN_RELEASES[codename.toLowerCase()] ?? codename.toLowerCase();
}
