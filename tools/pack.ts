// Makes the folder that is published, .pack: the bundle without dependencies, and without the Node.js that only a
// clone brings along. Then: npm publish ./.pack
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, '.pack');
const FILES = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs'];

await import('./build.ts');
rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, 'bin'), { recursive: true });
cpSync(join(root, 'bin', 'pratique.js'), join(target, 'bin', 'pratique.js'));
cpSync(join(root, 'dist'), join(target, 'dist'), { recursive: true });
for (const name of FILES) cpSync(join(root, name), join(target, name), { recursive: true });

const { name, version, description, license, type, bin, engines } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const published = {
  name,
  version,
  description,
  license,
  type,
  bin,
  engines,
  files: ['bin', 'dist', 'docs', ...FILES.filter((file) => file.endsWith('.md'))],
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
console.log(`.pack: ${name} ${version}, ready for npm publish ./.pack`);
