// Cuts the sample's advisory feeds (examples/feeds) out of full ones, in their upstream shapes and without prose:
//   node tools/with-node.js tools/cut-feeds.ts FOLDER
// FOLDER holds debian/tracker/data/json, osv/PyPI.zip, kev/known_exploited_vulnerabilities.json and
// eol/endoflife-products.json. Sources, dates and licences: examples/README.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipMembers } from '../src/archive/index.ts';
import { zipOf } from '../test/kit/feeds.ts';

type Tracker = Record<string, Record<string, { releases: Record<string, unknown> }>>;

const RELEASE = 'bookworm';
const DEBIAN_SOURCES = ['systemd', 'tar', 'xz-utils', 'shadow', 'python-urllib3'];
const PYPI_NAMES = new Set(['requests', 'urllib3', 'jinja2', 'flask']);
const KEV_IDS = new Set([
  'CVE-2023-4911',
  'CVE-2024-3094',
  'CVE-2024-1086',
  'CVE-2023-0386',
  'CVE-2021-3156',
]);
const PRODUCTS = ['debian', 'alpine-linux'];

const from = process.argv[2] ?? '.';
const to = fileURLToPath(new URL('../examples/feeds/', import.meta.url));

const tracker = json('debian/tracker/data/json') as Tracker;
const sources = DEBIAN_SOURCES.filter((name) => name in tracker).map(
  (name) => [name, ofRelease(tracker[name] ?? {})] as const,
);
write('debian/tracker/data/json', `${JSON.stringify(Object.fromEntries(sources), null, 1)}\n`);

const kev = json('kev/known_exploited_vulnerabilities.json') as {
  vulnerabilities: Record<string, unknown>[];
};
const rows = kev.vulnerabilities
  .filter((row) => KEV_IDS.has(String(row['cveID'])))
  .map((row) =>
    pick(row, ['cveID', 'vendorProject', 'product', 'dateAdded', 'dueDate', 'knownRansomwareCampaignUse']),
  );
write(
  'kev/known_exploited_vulnerabilities.json',
  `${JSON.stringify({ ...kev, count: rows.length, vulnerabilities: rows }, null, 1)}\n`,
);

const products = json('eol/endoflife-products.json') as Record<string, unknown>;
write('eol/endoflife-products.json', `${JSON.stringify(pick(products, PRODUCTS), null, 1)}\n`);

write('osv/PyPI.zip', zipOf(Object.fromEntries(await pypiRecords())));

async function pypiRecords(): Promise<[name: string, text: string][]> {
  const bytes = readFileSync(join(from, 'osv/PyPI.zip'));
  const source = {
    size: bytes.length,
    read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  const kept: [string, string][] = [];
  for await (const member of zipMembers(source)) {
    const record = JSON.parse((await member.bytes()).toString('utf8'));
    const names: string[] = (record.affected ?? []).map(
      (row: { package?: { name?: string } }) => row.package?.name ?? '',
    );
    if (!names.some((name) => PYPI_NAMES.has(name.toLowerCase()))) continue;
    const { details: _details, summary: _summary, ...facts } = record;
    kept.push([member.name, `${JSON.stringify(facts)}\n`]);
  }
  return kept.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The vulnerabilities of one source package that the release has a line for, with that release and unstable only. */
function ofRelease(source: Tracker[string]): Tracker[string] {
  const rows = Object.entries(source).filter(([, row]) => RELEASE in row.releases);
  return Object.fromEntries(
    rows.map(([id, row]) => [
      id,
      { ...row, releases: pick(row.releases, [RELEASE, 'sid']) as Record<string, unknown> },
    ]),
  );
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(join(from, path), 'utf8'));
}

function pick(object: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(to, path)), { recursive: true });
  writeFileSync(join(to, path), content);
}
