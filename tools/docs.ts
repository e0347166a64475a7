// Writes the docs that are lists of what the code holds: docs/errors.md and docs/limits.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');

const errors = [...read('src/kit/errors.ts').matchAll(/\| '([A-Z_]+)'[; ]* *\/\/ (.*)/g)].map(
  ([, code, meaning]) => `| \`${code}\` | ${meaning} |`,
);
writeFileSync(
  `${root}docs/errors.md`,
  `# Errors\n\nEvery error names what is wrong, where, and what to try; its code stands in brackets. Exit code 2.\n\n| code | means |\n|---|---|\n${errors.join('\n')}\n`,
);

const limits = [...read('src/kit/limits.ts').matchAll(/^ {2}(\w+): ([^,]+),/gm)].map(
  ([, name, value]) => `| \`${name}\` | ${value} |`,
);
writeFileSync(
  `${root}docs/limits.md`,
  `# Limits\n\nInputs are hostile; every bound is an error or a diagnostic when it is reached, never a silent cut. They stand in\n\`src/kit/limits.ts\`.\n\n| limit | value |\n|---|---|\n${limits.join('\n')}\n`,
);
console.log(`docs: ${errors.length} error codes, ${limits.length} limits`);
