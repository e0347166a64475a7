import { type Distro, formatPurl, type Package } from '../../src/model/index.ts';

type More = Partial<Omit<Package, 'purl' | 'type' | 'name' | 'version'>>;

/** A package as coalescing gives it, in layer 0, with everything that a test does not care about filled in. */
export function packageOf(type: string, name: string, version: string, more: More = {}): Package {
  const { namespace } = more;
  const purl = formatPurl({ type, name, version, namespace });
  return {
    purl,
    type,
    name,
    version,
    layer: { index: 0 },
    locations: [`at/${name}`],
    cataloger: 'test',
    ...more,
  };
}

export const deb = (name: string, version: string, more: More = {}): Package =>
  packageOf('deb', name, version, { namespace: 'debian', ...more });

export const apk = (name: string, version: string, more: More = {}): Package =>
  packageOf('apk', name, version, { namespace: 'alpine', ...more });

export const pypi = (name: string, version: string, more: More = {}): Package =>
  packageOf('pypi', name, version, more);

/** `distroOf('debian', '12')`. */
export function distroOf(id: string, versionId?: string, more: Partial<Distro> = {}): Distro {
  return { id, idLike: [], ...(versionId === undefined ? {} : { versionId }), ...more };
}
