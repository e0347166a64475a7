import type { Cataloger, CatalogFile, CatalogSink } from '../cataloger.ts';
import { type Metadata, readMetadata } from './metadata.ts';

/** Header bytes that are looked at; the description, which may be long, comes after the header. */
const HEADER_BYTES = 256 * 1024;

/**
 * Installed Python distributions: wheels (`*.dist-info/METADATA`), setuptools' eggs (`PKG-INFO` in `*.egg-info` or
 * `EGG-INFO`), and distutils' single `*.egg-info` files.
 */
export const python: Cataloger = {
  name: 'python',
  version: 1,
  routes: [
    { basename: 'METADATA', parent: '.dist-info' },
    { basename: 'PKG-INFO', parent: '.egg-info' },
    { basename: 'PKG-INFO', parent: 'EGG-INFO' },
    { suffix: '.egg-info' },
  ],
  catalog(file, bytes, out) {
    const metadata = readMetadata(bytes.toString('utf8', 0, HEADER_BYTES));
    if (metadata.name === '' || metadata.version === '') return missing(file, metadata, out);
    const carrier = carrierOf(file.path);
    if (carrier !== undefined) return vendored(file, metadata, carrier, out);
    out.package({
      type: 'pypi',
      name: normalizedName(metadata.name),
      version: metadata.version,
      details: {
        ...(metadata.name === normalizedName(metadata.name) ? {} : { declaredName: metadata.name }),
        ...(metadata.licence === '' ? {} : { licence: metadata.licence }),
      },
    });
  },
};

/** Source: PEP 503, "Normalized Names". */
function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/**
 * The distribution that carries this one inside itself (`setuptools/_vendor/wheel-0.43.0.dist-info`). Such a copy is
 * not installed: pip does not list it, and only an upgrade of its carrier replaces it. So it is noted, not listed.
 */
function carrierOf(path: string): string | undefined {
  const folders = path.split('/');
  return folders[folders.lastIndexOf('_vendor') - 1];
}

function vendored(file: CatalogFile, metadata: Metadata, carrier: string, out: CatalogSink): void {
  out.diagnostic({
    code: 'vendored-distribution',
    message: `${carrier} carries its own copy of ${metadata.name} ${metadata.version}, which is not listed as installed`,
    unknown: false,
    where: file.path,
  });
}

function missing(file: CatalogFile, metadata: Metadata, out: CatalogSink): void {
  out.diagnostic({
    code: metadata.name === '' ? 'package-without-name' : 'package-without-version',
    message:
      metadata.name === ''
        ? 'the metadata of a Python package has no name'
        : `the Python package ${metadata.name} has no version`,
    unknown: true,
    where: file.path,
  });
}
