import { PratiqueError } from '../../kit/index.ts';
import { wholeJson } from '../feed-content.ts';
import { dateOf, defined, listOf, objectOf, textOf } from '../json-values.ts';
import type { FeedContent, FeedFile, FeedItem, Updater } from '../updater.ts';

/** Source: CISA, Known Exploited Vulnerabilities catalogue, JSON feed and its schema. */
export const kev: Updater = {
  name: 'kev',
  version: 1,
  licence: 'CC0-1.0',
  files: [
    {
      id: 'known-exploited',
      url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
      local: ['kev/known_exploited_vulnerabilities.json'],
    },
  ],
  parse,
};

async function* parse(_file: FeedFile, content: FeedContent): AsyncGenerator<FeedItem> {
  const document = objectOf(await wholeJson(content));
  if (!Array.isArray(document.vulnerabilities)) {
    throw new PratiqueError('FEED_INVALID', 'the file is no catalogue of known exploited vulnerabilities');
  }
  const date = dateOf(document.dateReleased);
  if (date !== undefined) yield { kind: 'date', date };
  let rows = 0;
  for (const raw of listOf(document.vulnerabilities)) {
    const row = objectOf(raw);
    const id = textOf(row.cveID);
    const dateAdded = dateOf(row.dateAdded);
    if (id === undefined || dateAdded === undefined) {
      yield { kind: 'skipped', id: id ?? 'unknown', reason: 'a row without id or date' };
      continue;
    }
    rows++;
    const ransomware = row.knownRansomwareCampaignUse === 'Known';
    const dueDate = dateOf(row.dueDate);
    yield { kind: 'known-exploited', row: defined({ id, dateAdded, dueDate, ransomware }) };
  }
  if (rows === 0) throw new PratiqueError('FEED_INVALID', 'the catalogue has no rows with id and date');
}
