import { Command, Option } from 'commander';
import { explain } from '../../flow/index.ts';
import { PratiqueError } from '../../kit/index.ts';
import { reporterOf } from '../../report/index.ts';
import { type CommandIo, EXIT } from '../io.ts';
import {
  addImageOptions,
  databasePath,
  type ImageOptions,
  layerCache,
  renderOptions,
  sourceContext,
} from '../options.ts';
import { progressLine } from '../progress.ts';
import { packageVersion } from '../version.ts';

interface ExplainWords extends ImageOptions {
  readonly format: string;
  readonly package?: string;
}

export function define(io: CommandIo, done: (exitCode: number) => void): Command {
  return addImageOptions(new Command('explain'))
    .description('Tell why a vulnerability counts in an image, does not count, or is hidden.')
    .argument('<id>', 'CVE, GHSA, PYSEC, GO or any other id that the advisories use')
    .argument('<image>', 'as for scan')
    .addOption(new Option('-p, --package <name>', 'only this package (name or purl)'))
    .addOption(new Option('-f, --format <name>', 'table or json').default('table'))
    .action(async (id: string, image: string, words: ExplainWords) => done(await tell(id, image, words, io)));
}

async function tell(id: string, input: string, words: ExplainWords, io: CommandIo): Promise<number> {
  const reporter = reporterOf(words.format);
  if (reporter?.renderStory === undefined)
    throw new PratiqueError('USAGE', `"${words.format}" cannot tell a story`, {
      hint: 'formats: table, json',
    });
  const progress = progressLine(io.stderr, words.quiet);
  const { story, complete } = await explain({
    id,
    input,
    context: sourceContext(words, io),
    databasePath: databasePath(words, io),
    cache: layerCache(words, io),
    toolVersion: packageVersion(),
    ...(words.package === undefined ? {} : { packageName: words.package }),
    ...(progress.update === undefined ? {} : { progress: progress.update }),
  }).finally(() => progress.clear());
  io.stdout.write(reporter.renderStory(story, renderOptions(words, io, false)));
  return complete ? EXIT.ok : EXIT.unknown;
}
