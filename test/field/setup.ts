import { COUNTS, type CountName, countOf } from './counts.ts';
import { hasShared } from './shared.ts';

/** Prints the table of counts, and says it when a user's clone has no shared data; in CI that is an error. */
export function setup(): void {
  const rows = Object.keys(COUNTS).map(
    (name) => `  ${name.padEnd(24)} ${countOf(name as CountName)} of ${COUNTS[name as CountName].full}`,
  );
  process.stdout.write(`field test counts:\n${rows.join('\n')}\n`);
  if (hasShared) return;
  if (process.env['CI'] === 'true')
    throw new Error('the shared data is missing: in CI no field test may skip');
  process.stdout.write('no shared data beside this checkout: the tests that need it are skipped\n');
}
