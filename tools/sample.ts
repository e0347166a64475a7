// `npm start`: makes a sample image, builds the sample's advisory database, and scans the one against the other.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeSampleImage } from './sample-image.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = '.sample';

process.chdir(root);
mkdirSync(folder, { recursive: true });
writeSampleImage(`${folder}/image.tar`);
pratique(['db', 'build', '--from', 'examples/feeds', '--db', `${folder}/advisories.db`, '--quiet']);
pratique(['scan', `${folder}/image.tar`, '--db', `${folder}/advisories.db`, '--offline']);
console.log(`
Next: why is a finding hidden, and which would show?
  npx pratique explain CVE-2023-43804 ${folder}/image.tar --db ${folder}/advisories.db
  npx pratique scan ${folder}/image.tar --db ${folder}/advisories.db --show-all
And for your own images: npx pratique db update, then npx pratique scan IMAGE`);

function pratique(words: readonly string[]): void {
  console.log(`\n$ npx pratique ${words.join(' ')}`);
  const run = spawnSync(process.execPath, ['bin/pratique.js', ...words], { stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 2);
}
