// A fresh process that opens a database and looks names up, six in ten of them unknown: node look-up.ts DATABASE NAMES
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../src/advisory/index.ts';

const [path = '', words = '500'] = process.argv.slice(2);
const raw = new DatabaseSync(path, { readOnly: true });
const known = raw
  .prepare(
    `SELECT ecosystem.name AS ecosystem, entry.name AS name FROM entry JOIN ecosystem ON ecosystem.id = entry.ecosystem
     WHERE ecosystem.name IN ('Debian:12', 'npm', 'PyPI', 'Go') AND entry.id % 7 = 0 ORDER BY length(entry.name) % 13, entry.id LIMIT 20000`,
  )
  .all() as { ecosystem: string; name: string }[];
raw.close();
const wanted = Array.from({ length: Number(words) }, (_, index) => {
  const key = known[(index * 31) % known.length] ?? { ecosystem: 'npm', name: 'x' };
  return index % 10 < 6 ? { ...key, name: `${key.name}-unknown` } : key;
});

const start = performance.now();
const database = openDatabase(path);
const opened = performance.now();
let [hits, entries] = [0, 0];
for (const { ecosystem, name } of wanted) {
  const found = database.entries(ecosystem, name);
  if (found.length > 0) hits++;
  entries += found.length;
}
const looked = performance.now();
const { keys, ids } = database.counts();
const records = database.feeds().reduce((total, feed) => total + feed.records, 0);
const counts = `${keys} keys, ${ids} ids, ${records} records`;
console.log(JSON.stringify({ openMs: opened - start, lookMs: looked - opened, hits, entries, counts }));
