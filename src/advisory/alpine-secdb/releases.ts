/**
 * The releases that have a security database, as of 2026-11-22; one that is not there yet, or no longer, is
 * reported and left out. Source: https://secdb.alpinelinux.org/
 */
export const ALPINE_RELEASES = [
  'v3.3',
  'v3.4',
  'v3.5',
  'v3.6',
  'v3.7',
  'v3.8',
  'v3.9',
  'v3.10',
  'v3.11',
  'v3.12',
  'v3.13',
  'v3.14',
  'v3.15',
  'v3.16',
  'v3.17',
  'v3.18',
  'v3.19',
  'v3.20',
  'v3.21',
  'v3.22',
  'v3.23',
  'v3.24',
  'edge',
] as const;

/** The repositories whose packages are looked after. */
export const ALPINE_REPOSITORIES = ['main', 'community'] as const;
