import type { Option } from 'commander';
import { PratiqueError } from '../kit/index.ts';

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

/**
 * Commander takes any value of a variable for yes, and an empty one for a value. Here an empty variable counts as one
 * that is not set, and yes and no must be said. Throws USAGE.
 */
export function settleEnvironment(
  options: readonly Option[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const option of options) {
    const name = option.envVar;
    const value = name === undefined ? undefined : env[name]?.trim().toLowerCase();
    if (value === undefined) continue;
    const isFlag = !option.required && !option.optional;
    if (value === '' || (isFlag && NO.includes(value))) delete option.envVar;
    else if (isFlag && !YES.includes(value)) {
      throw new PratiqueError('USAGE', `${name} is neither yes nor no`, {
        hint: `yes: ${YES.join(', ')}; no: ${NO.join(', ')}`,
      });
    }
  }
}
