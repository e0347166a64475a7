// A fresh process that matches a catalog against a database: node match.ts DATABASE PACKAGES. Four packages in ten have
// advisories, as in real images.
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../src/advisory/index.ts';
import { matchCatalog } from '../src/match/index.ts';
import { formatPurl, type Package } from '../src/model/index.ts';

const [path = '', words = '5000'] = process.argv.slice(2);
const TYPES: Record<string, string> = { 'Debian:12': 'deb', npm: 'npm', PyPI: 'pypi', Go: 'golang' };
const raw = new DatabaseSync(path, { readOnly: true });
const known = raw
  .prepare(
    `SELECT ecosystem.name AS ecosystem, entry.name AS name FROM entry JOIN ecosystem ON ecosystem.id = entry.ecosystem
     WHERE ecosystem.name IN ('Debian:12', 'npm', 'PyPI', 'Go') AND entry.name <> 'linux' AND entry.id % 5 = 0 ORDER BY entry.id LIMIT 40000`,
  )
  .all() as { ecosystem: string; name: string }[];
raw.close();
const packages = Array.from({ length: Number(words) }, (_, index) => packageOf(index));

const start = performance.now();
const database = openDatabase(path);
const catalog = { distro: { id: 'debian', versionId: '12', idLike: [] }, packages };
const { findings } = matchCatalog({ catalog, database, now: Date.now() });
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, packages: packages.length, findings: findings.length }));

function packageOf(index: number): Package {
  const { ecosystem, name } = known[(index * 37) % known.length] ?? { ecosystem: 'npm', name: 'x' };
  const type = TYPES[ecosystem] ?? 'npm';
  const full = index % 10 < 6 ? `${name}-unknown` : name;
  const slash = type === 'npm' || type === 'golang' ? full.lastIndexOf('/') : -1;
  const namespace = slash === -1 ? undefined : full.slice(0, slash);
  const version = `${index % 9}.${index % 40}.${index % 30}${type === 'deb' ? '-1' : ''}`;
  const parts = { type, namespace, name: full.slice(slash + 1), version };
  return {
    purl: formatPurl(parts),
    type,
    name: parts.name,
    version,
    ...(namespace === undefined ? {} : { namespace }),
    ...(type === 'deb' ? { source: { name: full, version } } : {}),
    layer: { index: 0 },
    locations: [`${index}`],
    cataloger: type,
  };
}
