import type { Cataloger, CatalogFile, CatalogSink } from '../cataloger.ts';
import { Damage } from '../damage.ts';
import {
  ownerKeyOf,
  ownerKeyOfInfoFile,
  ownerKeyOfStatusDFile,
  pathsOfList,
  pathsOfMd5sums,
} from './files.ts';
import { isThere, packageOf } from './package.ts';
import { parseStatus } from './status.ts';

/**
 * Debian packages: the one status file of dpkg, or a file a package in `status.d`, as distroless images have them.
 * `usr/lib/dpkg` is where images keep the database that must not have a changing /var. Files are read from
 * `info/*.list`; dpkg does not work without these, so the `.md5sums` beside them would only say the same again.
 * The distribution, which is the purl's namespace, is not known here.
 */
export const dpkg: Cataloger = {
  name: 'dpkg',
  version: 1,
  routes: ['var/lib/dpkg', 'usr/lib/dpkg'].flatMap((root) => [
    { exact: `${root}/status` },
    { folder: `${root}/status.d` },
    { folder: `${root}/info`, suffix: '.list' },
  ]),
  catalog(file, bytes, out) {
    if (file.path.endsWith('.list')) return list(file, bytes, out);
    if (file.path.endsWith('.md5sums')) return md5sums(file, bytes, out);
    status(file, bytes, out);
  },
};

function status(file: CatalogFile, bytes: Buffer, out: CatalogSink): void {
  const damage = new Damage('package list of dpkg');
  for (const entry of parseStatus(bytes.toString('utf8'))) {
    if ('stray' in entry) damage.add('damaged-package-list', entry.stray);
    else if (!isThere(entry)) continue;
    else if (entry.package === '') damage.add('package-without-name', entry.line);
    else if (entry.version === '') damage.add('package-without-version', entry.line, entry.package);
    else out.package(packageOf(entry, ownerKeyOf(entry, file.path)));
  }
  damage.report(file.path, out);
}

function list(file: CatalogFile, bytes: Buffer, out: CatalogSink): void {
  out.owns(ownerKeyOfInfoFile(file.path), pathsOfList(bytes.toString('utf8')));
}

function md5sums(file: CatalogFile, bytes: Buffer, out: CatalogSink): void {
  out.owns(ownerKeyOfStatusDFile(file.path), pathsOfMd5sums(bytes.toString('utf8')));
}
