import type { Distro } from '../../model/index.ts';
import type { Cataloger, CatalogFile, CatalogSink } from '../cataloger.ts';
import { parseOsRelease } from './parse.ts';

/** More than any release file or codename needs; keeps the patterns below away from long hostile text. */
const HINT_BYTES = 128;

/**
 * Says which distribution this is. os-release speaks for itself; `debian_version` and `alpine-release` are hints
 * for images that have lost it, and it is the reader of these facts who lets os-release win.
 */
export const osRelease: Cataloger = {
  name: 'os-release',
  version: 1,
  routes: [
    { exact: 'etc/os-release' },
    { exact: 'usr/lib/os-release' },
    { exact: 'etc/debian_version' },
    { exact: 'etc/alpine-release' },
  ],
  maxBytes: 1024 * 1024,
  catalog(file, bytes, out) {
    const line = bytes.toString('utf8', 0, HINT_BYTES);
    if (file.path.endsWith('/debian_version')) return hint(debianHint(line), out);
    if (file.path.endsWith('/alpine-release')) return hint(alpineHint(line), out);
    fromOsRelease(file, bytes.toString('utf8'), out);
  },
};

function hint(distro: Distro | undefined, out: CatalogSink): void {
  if (distro !== undefined) out.distro(distro);
}

function fromOsRelease(file: CatalogFile, text: string, out: CatalogSink): void {
  const fields = parseOsRelease(text);
  const id = fields.get('ID')?.toLowerCase() ?? '';
  if (id === '') {
    out.diagnostic({
      code: 'distribution-without-id',
      message: 'os-release does not say which distribution this is: it has no ID',
      unknown: true,
      where: file.path,
    });
    return;
  }
  const versionId = fields.get('VERSION_ID') ?? '';
  const codename = codenameOf(id, fields);
  const prettyName = fields.get('PRETTY_NAME') ?? '';
  out.distro({
    id,
    ...(versionId === '' ? {} : { versionId }),
    ...(codename === '' ? {} : { codename }),
    idLike: (fields.get('ID_LIKE') ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    ...(prettyName === '' ? {} : { prettyName }),
  });
}

/**
 * Debian 8 and 9 have their codename in VERSION only (`9 (stretch)`); testing and unstable before bookworm only in
 * PRETTY_NAME (`Debian GNU/Linux buster/sid`).
 */
function codenameOf(id: string, fields: ReadonlyMap<string, string>): string {
  const stated = fields.get('VERSION_CODENAME') ?? fields.get('UBUNTU_CODENAME') ?? '';
  if (stated !== '' || id !== 'debian') return stated;
  return (
    /\(([a-z]+)\)$/.exec((fields.get('VERSION') ?? '').slice(-HINT_BYTES))?.[1] ??
    /([a-z]+)\/sid$/.exec((fields.get('PRETTY_NAME') ?? '').slice(-HINT_BYTES))?.[1] ??
    ''
  );
}

/** `12.5`, `trixie/sid`. VERSION_ID is the number before the dot. */
function debianHint(text: string): Distro | undefined {
  const found = /^(?:(\d+)(?:\.\d+)*|([a-z]+)\/sid)\s*$/.exec(text);
  if (found === null) return undefined;
  const [, versionId, codename] = found;
  return {
    id: 'debian',
    ...(versionId === undefined ? {} : { versionId }),
    ...(codename === undefined ? {} : { codename }),
    idLike: [],
  };
}

/** `3.20.3`, `3.21.0_alpha20240923`: the same as VERSION_ID. */
function alpineHint(text: string): Distro | undefined {
  const versionId = /^\d+\.\d+[\w.]*(?=\s*$)/.exec(text)?.[0];
  return versionId === undefined ? undefined : { id: 'alpine', versionId, idLike: [] };
}
