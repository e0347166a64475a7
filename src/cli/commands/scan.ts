import { Command, Option } from 'commander';
import { type Narrowing, scanImage } from '../../flow/index.ts';
import { PratiqueError } from '../../kit/index.ts';
import { SEVERITIES, type Severity } from '../../model/index.ts';
import { type CommandIo, EXIT } from '../io.ts';
import {
  addImageOptions,
  databasePath,
  type ImageOptions,
  layerCache,
  renderOptions,
  sourceContext,
} from '../options.ts';
import { outputPlans, writeOutputs } from '../outputs.ts';
import { progressLine } from '../progress.ts';
import { packageVersion } from '../version.ts';

interface ScanWords extends ImageOptions {
  readonly format: readonly string[];
  readonly output: readonly string[];
  readonly showAll: boolean;
  readonly packagesOnly: boolean;
  readonly severity?: string;
  readonly ignoreUnfixed: boolean;
  readonly exitCode?: string;
}

export function define(io: CommandIo, done: (exitCode: number) => void): Command {
  const more = (value: string, values: readonly string[]): readonly string[] => [...values, value];
  return addImageOptions(new Command('scan'))
    .description('Say what is in an image and which known vulnerabilities matter.')
    .argument(
      '<image>',
      'a registry reference, an OCI layout, an archive (OCI or docker save; plain, gzip, zstd), or a root file system folder',
    )
    .addOption(
      new Option('-f, --format <name>', 'table or json (repeatable, paired with --output)')
        .argParser(more)
        .default([], 'table'),
    )
    .addOption(
      new Option('-o, --output <file>', 'write the format before it to a file (repeatable)')
        .argParser(more)
        .default([], 'standard output'),
    )
    .addOption(new Option('--show-all', 'list hidden findings too, each with its receipt').default(false))
    .addOption(new Option('--packages-only', 'list packages, match nothing').default(false))
    .addOption(
      new Option('--severity <list>', 'show only these severities: critical,high,…').env('PRATIQUE_SEVERITY'),
    )
    .addOption(
      new Option('--ignore-unfixed', 'show only findings that have a fix')
        .env('PRATIQUE_IGNORE_UNFIXED')
        .default(false),
    )
    .addOption(
      new Option('--exit-code <n>', 'exit with N when any finding is shown').env('PRATIQUE_EXIT_CODE'),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 everything needed was read, 2 error, 3 not everything could be read.',
    )
    .action(async (image: string, words: ScanWords) => done(await scan(image, words, io)));
}

async function scan(input: string, words: ScanWords, io: CommandIo): Promise<number> {
  const plans = outputPlans(words.format, words.output);
  const filter = filterOf(words);
  const exitCode = exitCodeOf(words.exitCode);
  const progress = progressLine(io.stderr, words.quiet);
  const scanned = await scanImage({
    input,
    context: sourceContext(words, io),
    databasePath: words.packagesOnly ? undefined : databasePath(words, io),
    cache: layerCache(words, io),
    toolVersion: packageVersion(),
    ...(filter === undefined ? {} : { narrow: filter }),
    ...(progress.update === undefined ? {} : { progress: progress.update }),
  }).finally(() => progress.clear());
  try {
    const { report } = scanned;
    await writeOutputs(plans, io, ({ reporter, file }) =>
      reporter.render(report, renderOptions(words, io, file !== undefined)),
    );
    if (!report.summary.complete) return EXIT.unknown;
    return exitCode !== undefined && report.summary.shown > 0 ? exitCode : EXIT.ok;
  } finally {
    await scanned.close();
  }
}

/** Throws USAGE for a word that is no severity. */
function filterOf(words: ScanWords): Narrowing | undefined {
  const names = words.severity?.split(',').map((name) => name.trim().toLowerCase());
  const wrong = names?.find((name) => !SEVERITIES.includes(name as Severity));
  if (wrong !== undefined) {
    throw new PratiqueError('USAGE', `"${wrong}" is not a severity`, {
      hint: `severities: ${SEVERITIES.join(', ')}`,
    });
  }
  if (names === undefined && !words.ignoreUnfixed) return undefined;
  return {
    fixableOnly: words.ignoreUnfixed,
    ...(names === undefined ? {} : { severities: names as Severity[] }),
  };
}

function exitCodeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,3}$/.test(text) || Number(text) > 255)
    throw new PratiqueError('USAGE', `"${text}" is not an exit code (0 to 255)`);
  return Number(text);
}
