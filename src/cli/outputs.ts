import { PratiqueError, writeWhole } from '../kit/index.ts';
import { REPORTERS, type Reporter, reporterOf } from '../report/index.ts';
import type { CommandIo } from './io.ts';

/** Where one format goes: a file, or standard output. */
export interface OutputPlan {
  readonly reporter: Reporter;
  readonly file: string | undefined;
}

/**
 * Pairs `--format` and `--output` in the order given: the first output takes the first format. A format without an
 * output goes to standard output, which takes one. Throws USAGE.
 */
export function outputPlans(formats: readonly string[], files: readonly string[]): OutputPlan[] {
  const names = formats.length === 0 ? ['table'] : formats;
  if (files.length > names.length) {
    throw new PratiqueError('USAGE', `there are ${files.length} outputs for ${names.length} format(s)`, {
      hint: 'give one --format before each --output',
    });
  }
  const plans = names.map((name, index) => {
    const reporter = reporterOf(name);
    if (reporter !== undefined) return { reporter, file: files[index] };
    throw new PratiqueError('USAGE', `there is no format "${name}"`, {
      hint: `formats: ${REPORTERS.map((known) => known.name).join(', ')}`,
    });
  });
  if (plans.filter(({ file }) => file === undefined).length > 1) {
    throw new PratiqueError('USAGE', 'only one format can go to standard output', {
      hint: 'give an --output FILE to the others',
    });
  }
  return plans;
}

export async function writeOutputs(
  plans: readonly OutputPlan[],
  io: CommandIo,
  render: (plan: OutputPlan) => string,
): Promise<void> {
  for (const plan of plans) {
    const text = render(plan);
    if (plan.file === undefined) io.stdout.write(text);
    else await writeWhole(plan.file, text);
  }
}
