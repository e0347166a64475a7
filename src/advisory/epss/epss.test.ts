import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { itemsOf } from '../../../test/kit/feeds.ts';
import { epss } from './index.ts';

const COMMENT = '#model_version:v2023.03.01,score_date:2025-02-20T00:00:00+0000';
const ROWS = 'cve,epss,percentile\nCVE-1999-0001,0.00383,0.73075\nCVE-1999-0002,1,0.9\n';

test.each([
  ['gzip, as upstream', gzipSync(`${COMMENT}\n${ROWS}`)],
  ['plain', Buffer.from(`${COMMENT}\n${ROWS}`)],
])('%s', async (_what, bytes) => {
  expect(await itemsOf(epss, 'scores', bytes)).toEqual([
    { kind: 'date', date: '2025-02-20T00:00:00+0000' },
    { kind: 'epss', row: { id: 'CVE-1999-0001', score: 0.00383, percentile: 0.73075 } },
    { kind: 'epss', row: { id: 'CVE-1999-0002', score: 1, percentile: 0.9 } },
  ]);
});

test('rows with a day of their own', async () => {
  const text = '# remark\ncve,epss,percentile,observed\nCVE-2005-0406,0.00122,0.33,2025-04-25\n';
  expect(await itemsOf(epss, 'scores', text)).toEqual([
    { kind: 'epss', row: { id: 'CVE-2005-0406', score: 0.00122, percentile: 0.33, date: '2025-04-25' } },
  ]);
});

test('rows that are none are counted', async () => {
  const text = `${ROWS}CVE-1999-0003,1.5,0.1\nCVE-1999-0004,,\nCVE-1,0.1,0.1\nnonsense\n`;
  const items = await itemsOf(epss, 'scores', text);
  expect(items.filter(({ kind }) => kind === 'skipped')).toHaveLength(4);
});

test.each(['', COMMENT, 'id,score\n1,2\n', '<html>', 'cve,epss,percentile\n', 'cve,epss,percentile\nx\n'])(
  'refuses %j',
  async (text) => {
    await expect(itemsOf(epss, 'scores', text)).rejects.toMatchObject({ code: 'FEED_INVALID' });
  },
);
