import { expect, test } from 'vitest';
import { itemsOf } from '../../../test/kit/feeds.ts';
import { kev } from './index.ts';

const ROW = {
  cveID: 'CVE-2021-44228',
  dateAdded: '2021-12-10',
  dueDate: '2021-12-24',
  shortDescription: 'prose',
};

test('rows with dates and the use by ransomware', async () => {
  const document = {
    dateReleased: '2025-08-25T17:04:19.9796Z',
    vulnerabilities: [
      { ...ROW, knownRansomwareCampaignUse: 'Known' },
      { cveID: 'CVE-2025-1', dateAdded: '2025-01-02', knownRansomwareCampaignUse: 'Unknown' },
      { cveID: 'CVE-2025-2' },
    ],
  };
  expect(await itemsOf(kev, 'known-exploited', JSON.stringify(document))).toEqual([
    { kind: 'date', date: '2025-08-25T17:04:19.9796Z' },
    {
      kind: 'known-exploited',
      row: { id: 'CVE-2021-44228', dateAdded: '2021-12-10', dueDate: '2021-12-24', ransomware: true },
    },
    { kind: 'known-exploited', row: { id: 'CVE-2025-1', dateAdded: '2025-01-02', ransomware: false } },
    { kind: 'skipped', id: 'CVE-2025-2', reason: 'a row without id or date' },
  ]);
});

test.each(['{}', '[]', 'x', '{"vulnerabilities":[]}', '{"vulnerabilities":[{}]}'])(
  'refuses %s',
  async (text) => {
    await expect(itemsOf(kev, 'known-exploited', text)).rejects.toMatchObject({ code: 'FEED_INVALID' });
  },
);
