import { PratiqueError } from '../../kit/index.ts';
import { textLines } from '../feed-content.ts';
import { dateOf } from '../json-values.ts';
import type { FeedContent, FeedFile, FeedItem, Updater } from '../updater.ts';

/**
 * A first comment line with model version and date, a header, then `cve,epss,percentile`; a fourth column
 * `observed` gives single rows their own day. Source: FIRST, EPSS data, "epss_scores-current.csv.gz".
 */
export const epss: Updater = {
  name: 'epss',
  version: 1,
  licence: 'free use with attribution to FIRST (EPSS)',
  files: [
    {
      id: 'scores',
      url: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz',
      local: [
        'epss/epss_scores-current.csv.gz',
        'epss_scores-current.csv',
        'epss/epss_scores-current.csv',
        'epss/epss-observed.csv',
      ],
    },
  ],
  parse,
};

async function* parse(_file: FeedFile, content: FeedContent): AsyncGenerator<FeedItem> {
  let header = false;
  let scores = 0;
  for await (const line of textLines(content)) {
    if (line === '') continue;
    if (header) {
      const item = rowOf(line);
      if (item.kind === 'epss') scores++;
      yield item;
    } else if (line.startsWith('#')) {
      const date = dateOf(/score_date:([0-9T:+Z-]{10,30})/.exec(line)?.[1]);
      if (date !== undefined) yield { kind: 'date', date };
    } else if (/^cve,epss,percentile(?:,observed)?$/.test(line)) header = true;
    else break;
  }
  if (!header) throw new PratiqueError('FEED_INVALID', 'the file has no line "cve,epss,percentile"');
  if (scores === 0) throw new PratiqueError('FEED_INVALID', 'the file has no scores');
}

function rowOf(line: string): FeedItem {
  const [id = '', epssText = '', percentileText = '', observed] = line.split(',');
  const score = probability(epssText);
  const percentile = probability(percentileText);
  if (!/^CVE-\d{4}-\d{4,12}$/.test(id) || score === undefined || percentile === undefined) {
    return { kind: 'skipped', id: line.slice(0, 80), reason: 'not a row of id and two probabilities' };
  }
  const date = dateOf(observed);
  return { kind: 'epss', row: { id, score, percentile, ...(date === undefined ? {} : { date }) } };
}

function probability(text: string): number | undefined {
  if (!/^[0-9][0-9.e-]{0,30}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= 0 && value <= 1 ? value : undefined;
}
