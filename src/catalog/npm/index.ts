import type { Cataloger, CatalogFile, CatalogSink } from '../cataloger.ts';
import { folderNameOf } from './folder.ts';
import { readManifest, splitName } from './manifest.ts';

/**
 * Installed npm packages: the package.json in a package's own folder below `node_modules`, or below the folders
 * where Debian puts Node.js libraries. An application's own package.json is no installed package, nor is one that
 * lies deeper inside a package (`dist/package.json`, which only sets the module type).
 */
export const npm: Cataloger = {
  name: 'npm',
  version: 1,
  routes: [
    { basename: 'package.json', inside: 'node_modules' },
    { basename: 'package.json', inside: 'nodejs' },
  ],
  maxBytes: 16 * 1024 * 1024,
  catalog(file, bytes, out) {
    const folder = folderNameOf(file.path);
    if (folder !== undefined) installed(file, folder, bytes, out);
  },
};

function installed(file: CatalogFile, folder: string, bytes: Buffer, out: CatalogSink): void {
  const manifest = readManifest(bytes.toString('utf8'));
  if (manifest === undefined) {
    out.diagnostic({
      code: 'unreadable-file',
      message: `the package.json of ${folder} is not a JSON object`,
      unknown: true,
      where: file.path,
    });
    return;
  }
  const { name = folder, version, licence } = manifest;
  if (version === undefined) {
    // Neither name nor version: a marker of the module type, not a package.
    if (manifest.name !== undefined) out.diagnostic(withoutVersion(manifest.name, file.path));
    return;
  }
  out.package({
    type: 'npm',
    ...splitName(name),
    version,
    details: {
      ...(licence === undefined ? {} : { licence }),
      // `npm install alias@npm:name` puts a package into a folder of another name.
      ...(name === folder ? {} : { alias: folder }),
    },
  });
}

function withoutVersion(name: string, where: string) {
  return {
    code: 'package-without-version',
    message: `the npm package ${name} has no version`,
    unknown: true,
    where,
  };
}
