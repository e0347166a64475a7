import type { Distro } from '../../model/index.ts';
import { otherEcosystem, sourceOf } from '../distribution.ts';
import type { Matcher } from '../matcher.ts';

/**
 * apk packages, by origin. Alpine's secdb lists only what has been fixed: what it does not list may be affected
 * without a fix. Wolfi and Chainguard have their own advisories and are never held against Alpine's.
 */
export const alpineMatcher: Matcher = {
  name: 'alpine',
  purlTypes: ['apk'],
  kind: 'distribution',
  scheme: 'apk',
  listsUnfixed: false,
  ecosystem: (_pkg, distro) => (distro === undefined ? undefined : alpineEcosystem(distro)),
  lookUp: sourceOf,
};

function alpineEcosystem(distro: Distro): string | undefined {
  if (distro.id === 'wolfi') return 'Wolfi';
  if (distro.id === 'chainguard') return 'Chainguard';
  if (distro.id !== 'alpine') return distro.idLike.includes('alpine') ? otherEcosystem(distro) : undefined;
  return alpineBranch(distro);
}

/** `3.10.3` is branch v3.10; edge calls itself `3.21_alpha20240923` or `edge`. */
function alpineBranch(distro: Distro): string | undefined {
  const version = distro.versionId ?? '';
  if (version === 'edge' || version.includes('_alpha')) return 'Alpine:edge';
  const branch = /^v?(\d{1,3}\.\d{1,3})(?=[._]|$)/.exec(version)?.[1];
  return branch === undefined ? undefined : `Alpine:v${branch}`;
}
