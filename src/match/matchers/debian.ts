import { type Distro, debianReleaseNumber } from '../../model/index.ts';
import { otherEcosystem, sourceOf } from '../distribution.ts';
import type { Matcher } from '../matcher.ts';

/** dpkg packages, by source name and source version, in the advisories of their own distribution and release. */
export const debianMatcher: Matcher = {
  name: 'debian',
  purlTypes: ['deb'],
  kind: 'distribution',
  scheme: 'deb',
  listsUnfixed: true,
  ecosystem: (_pkg, distro) => (distro === undefined ? undefined : debianEcosystem(distro)),
  lookUp: sourceOf,
};

function debianEcosystem(distro: Distro): string | undefined {
  if (distro.id !== 'debian') return isDebianLike(distro) ? otherEcosystem(distro) : undefined;
  const major = /^\d{1,3}(?=\.|$)/.exec(distro.versionId ?? '')?.[0];
  if (major !== undefined) return `Debian:${Number(major)}`;
  const codename = distro.codename?.toLowerCase();
  return codename === undefined ? undefined : `Debian:${debianReleaseNumber(codename)}`;
}

function isDebianLike(distro: Distro): boolean {
  return DERIVATIVES.has(distro.id) || distro.idLike.includes('debian') || distro.idLike.includes('ubuntu');
}

const DERIVATIVES = new Set(['ubuntu', 'kali', 'raspbian', 'linuxmint', 'pop', 'devuan', 'parrot', 'deepin']);
