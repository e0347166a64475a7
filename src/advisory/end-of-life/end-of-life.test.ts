import { expect, test } from 'vitest';
import { itemsOf } from '../../../test/kit/feeds.ts';
import { endOfLife } from './index.ts';

const BOOKWORM = {
  product: 'debian',
  cycle: '12',
  codename: 'Bookworm',
  released: '2023-06-10',
  eol: '2026-07-11',
  extended: '2028-06-30',
};

test.each<[string, string, object]>([
  [
    'API v0, one product',
    'debian',
    [
      {
        cycle: '12',
        codename: 'Bookworm',
        releaseDate: '2023-06-10',
        eol: '2026-07-11',
        extendedSupport: '2028-06-30',
        lts: false,
      },
    ],
  ],
  [
    'API v1, one product',
    'debian',
    {
      result: {
        name: 'debian',
        releases: [
          {
            name: '12',
            codename: 'Bookworm',
            releaseDate: '2023-06-10',
            isEol: true,
            eolFrom: '2026-07-11',
            isEoes: false,
            eoesFrom: '2028-06-30',
          },
        ],
      },
    },
  ],
  [
    'API v1, all products',
    'products',
    {
      result: [
        {
          name: 'debian',
          releases: [
            {
              name: '12',
              codename: 'Bookworm',
              releaseDate: '2023-06-10',
              eolFrom: '2026-07-11',
              eoesFrom: '2028-06-30',
            },
          ],
        },
      ],
    },
  ],
  [
    'all products by name',
    'products',
    {
      debian: {
        title: 'prose',
        releases: [
          {
            releaseCycle: '12',
            codename: 'Bookworm',
            releaseDate: '2023-06-10',
            eol: '2026-07-11',
            eoes: '2028-06-30',
          },
        ],
      },
    },
  ],
])('%s', async (_what, file, document) => {
  expect(await itemsOf(endOfLife, file, JSON.stringify(document))).toEqual([
    { kind: 'end-of-life', row: BOOKWORM },
  ]);
});

test('yes and no instead of days', async () => {
  const document = [
    { cycle: '1.27', eol: false },
    { cycle: '1.4', eol: true, lts: '2020-01-01' },
    { eol: true },
  ];
  const items = await itemsOf(endOfLife, 'go', JSON.stringify(document));
  expect(items).toEqual([
    { kind: 'end-of-life', row: { product: 'go', cycle: '1.27', eol: false } },
    { kind: 'end-of-life', row: { product: 'go', cycle: '1.4', eol: true } },
    { kind: 'skipped', id: 'go', reason: 'a release without a name' },
  ]);
});

test.each(['{}', '"x"', '{"message":"not found"}'])('refuses %s', async (text) => {
  await expect(itemsOf(endOfLife, 'debian', text)).rejects.toMatchObject({ code: 'FEED_INVALID' });
});
