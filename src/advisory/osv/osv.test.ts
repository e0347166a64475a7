import { expect, test } from 'vitest';
import { itemsOf, osvZip, zipOf } from '../../../test/kit/feeds.ts';
import type { AdvisoryEntry } from '../../model/index.ts';
import { osv } from './index.ts';

type Json = Record<string, unknown>;

const affected = (name: string, ecosystem = 'PyPI', more: Json = {}): Json => ({
  package: { name, ecosystem },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }],
  ...more,
});
const record = (more: Json = {}): Json => ({
  id: 'PYSEC-2024-1',
  modified: '2024-01-02T00:00:00Z',
  affected: [affected('django')],
  summary: 'prose',
  details: 'prose',
  ...more,
});

async function read(records: readonly Json[], file = 'PyPI') {
  const items = await itemsOf(osv, file, osvZip(records));
  return {
    entries: items.flatMap((item): AdvisoryEntry[] => (item.kind === 'advisory' ? [item.entry] : [])),
    skipped: items.flatMap((item) => (item.kind === 'skipped' ? [[item.id, item.reason]] : [])),
    covers: items.flatMap((item) => (item.kind === 'covers' ? [item.ecosystem] : [])),
  };
}

test('a record becomes an entry without its prose', async () => {
  const { entries, covers } = await read([
    record({ aliases: ['CVE-2024-1', 'GHSA-x'], published: '2024-01-01T00:00:00Z' }),
  ]);
  expect(entries).toEqual([
    {
      id: 'PYSEC-2024-1',
      aliases: ['CVE-2024-1', 'GHSA-x'],
      published: '2024-01-01T00:00:00Z',
      modified: '2024-01-02T00:00:00Z',
      feed: 'osv',
      ecosystem: 'PyPI',
      name: 'django',
      kind: 'vulnerability',
      ranges: [{ fixed: '2.0' }],
    },
  ]);
  expect(covers).toEqual(['PyPI']);
});

test.each<[string, Json, object]>([
  [
    'Python names are one however they are written',
    { affected: [affected('Foo__Bar.baz')] },
    { name: 'foo-bar-baz' },
  ],
  ['a placeholder is no date', { modified: '0001-01-01T00:00:00Z' }, { modified: undefined }],
  ['related records are no aliases', { related: ['CVE-2020-9'] }, { aliases: [] }],
  ['malicious packages', { id: 'MAL-2024-1' }, { kind: 'malware' }],
  ['severity in words', { database_specific: { severity: 'MODERATE' } }, { severity: 'medium' }],
  [
    'CVSS, the newest version first',
    {
      severity: [
        { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
        { type: 'CVSS_V2', score: 'AV:N/AC:L/Au:N/C:P/I:P/A:P' },
        { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' },
        { type: 'Ubuntu', score: 'high' },
      ],
    },
    {
      cvss: [
        'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
        'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        'AV:N/AC:L/Au:N/C:P/I:P/A:P',
      ],
    },
  ],
  [
    'git ranges are left out',
    {
      affected: [
        affected('a', 'PyPI', {
          ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }],
          versions: ['1.0'],
        }),
      ],
    },
    { ranges: [], versions: ['1.0'] },
  ],
  [
    'versions without ranges',
    { affected: [affected('a', 'PyPI', { ranges: undefined, versions: ['1.0', '1.1'] })] },
    { ranges: [], versions: ['1.0', '1.1'] },
  ],
  [
    'the same package twice',
    {
      affected: [
        affected('a'),
        affected('A', 'PyPI', { ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '3.0' }] }] }),
      ],
    },
    { name: 'a', ranges: [{ fixed: '2.0' }, { introduced: '3.0' }] },
  ],
  [
    'unsorted events',
    {
      affected: [
        affected('a', 'PyPI', {
          ranges: [
            {
              type: 'ECOSYSTEM',
              events: [{ fixed: '1.10' }, { introduced: '1.9' }, { fixed: '1.2' }, { introduced: '0' }],
            },
          ],
        }),
      ],
    },
    { ranges: [{ fixed: '1.2' }, { introduced: '1.9', fixed: '1.10' }] },
  ],
])('%s', async (_what, more, expected) => {
  const { entries } = await read([record(more)]);
  expect(entries).toHaveLength(1);
  for (const [key, value] of Object.entries(expected))
    expect(entries[0]?.[key as keyof AdvisoryEntry]).toEqual(value);
});

test('RustSec’s notices are no vulnerabilities', async () => {
  const of = (id: string, informational: string | null): Json =>
    record({ id, affected: [affected('a', 'crates.io', { database_specific: { informational } })] });
  const { entries } = await read(
    [of('R-1', 'unmaintained'), of('R-2', 'unsound'), of('R-3', null)],
    'crates.io',
  );
  expect(entries.map(({ kind }) => kind)).toEqual(['notice', 'notice', 'vulnerability']);
});

test('Go: symbols by import path, the standard library, what nobody reviewed', async () => {
  const imports = [{ path: 'net/http', symbols: ['Serve', 'ListenAndServe'] }, { path: 'net/url' }];
  const range = {
    ranges: [
      {
        type: 'SEMVER',
        events: [{ introduced: '0' }, { fixed: '1.18.6' }, { introduced: '1.19.0-0' }, { fixed: '1.19.1' }],
      },
    ],
  };
  const { entries } = await read(
    [
      record({
        id: 'GO-2022-0969',
        modified: '0001-01-01T00:00:00Z',
        affected: [
          affected('stdlib', 'Go', { ...range, ecosystem_specific: { imports } }),
          affected('toolchain', 'Go'),
        ],
        database_specific: { review_status: 'REVIEWED' },
      }),
      record({
        id: 'GO-2024-1',
        affected: [affected('example.com/x', 'Go')],
        database_specific: { review_status: 'UNREVIEWED' },
      }),
    ],
    'Go',
  );
  expect(entries.map(({ name, unreviewed }) => [name, unreviewed])).toEqual([
    ['stdlib', undefined],
    ['toolchain', undefined],
    ['example.com/x', true],
  ]);
  expect(entries[0]?.ranges).toEqual([{ fixed: '1.18.6' }, { introduced: '1.19.0-0', fixed: '1.19.1' }]);
  expect(entries[0]?.symbols).toEqual({ 'net/http': ['ListenAndServe', 'Serve'], 'net/url': [] });
});

test('a record of several ecosystems gives this zip’s packages only', async () => {
  const { entries, skipped } = await read([
    record({ affected: [affected('a'), affected('b', 'npm')] }),
    record({ id: 'X', affected: [affected('b', 'npm')] }),
  ]);
  expect(entries.map(({ name }) => name)).toEqual(['a']);
  expect(skipped).toEqual([['X', 'names no package of PyPI']]);
});

test('what is left out is counted', async () => {
  const { entries, skipped } = await read([
    record(),
    record({ id: 'W', withdrawn: '2024-01-01T00:00:00Z' }),
    record(),
    record({ id: undefined }),
    record({
      id: 'G',
      affected: [affected('a', 'PyPI', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] })],
    }),
    record({
      id: 'Z',
      affected: [
        affected('a', 'PyPI', {
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '0' }] }],
        }),
      ],
    }),
  ]);
  expect(entries).toHaveLength(1);
  expect(skipped).toEqual([
    ['W', 'withdrawn'],
    ['PYSEC-2024-1', 'the id was there before'],
    ['3.json', 'the record has no id'],
    ['G', 'names no affected version, git commits aside'],
    ['Z', 'names no affected version, git commits aside'],
  ]);
});

test('a zip that is none, or holds no record, is refused', async () => {
  await expect(itemsOf(osv, 'PyPI', 'not a zip')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(itemsOf(osv, 'PyPI', zipOf({ 'README.md': 'x' }))).rejects.toMatchObject({
    code: 'FEED_INVALID',
  });
  const whole = osvZip([record()]);
  await expect(itemsOf(osv, 'PyPI', whole.subarray(0, whole.length - 30))).rejects.toThrow();
});

test('the zip of another ecosystem is refused: it would make every package here look free', async () => {
  const others = osvZip([record({ affected: [affected('a', 'npm')] })]);
  await expect(itemsOf(osv, 'PyPI', others)).rejects.toMatchObject({ code: 'FEED_INVALID' });
});

test('a member that is no record is counted', async () => {
  const zip = zipOf({ 'a.json': JSON.stringify(record()), 'b.json': '{', 'c.json': '[]' });
  const items = await itemsOf(osv, 'PyPI', zip);
  expect(items.map(({ kind }) => kind)).toEqual(['advisory', 'skipped', 'skipped', 'covers']);
});
