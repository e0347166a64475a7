import { expect, test } from 'vitest';
import { itemsOf } from '../../../test/kit/feeds.ts';
import { debianTracker } from './index.ts';

type Line = Record<string, unknown>;

async function entryOf(line: Line, release = 'bookworm', id = 'CVE-2020-1') {
  const file = {
    openssl: { [id]: { scope: 'remote', description: 'prose', releases: { [release]: line } } },
  };
  const items = await itemsOf(debianTracker, 'tracker', JSON.stringify(file));
  return items.flatMap((item) => (item.kind === 'advisory' ? [item.entry] : []))[0];
}

const OPEN = { status: 'open', urgency: 'not yet assigned' };
const FIXED = { status: 'resolved', fixed_version: '1.2-3+deb12u1', urgency: 'not yet assigned' };

test.each<[string, Line, object]>([
  ['open: every version', OPEN, { ranges: [{}] }],
  ['fixed from a version on', FIXED, { ranges: [{ fixed: '1.2-3+deb12u1' }] }],
  [
    'fixed version "0": never affected',
    { ...FIXED, fixed_version: '0' },
    { ranges: [], triage: 'not_affected' },
  ],
  [
    'resolved without a version: nobody knows',
    { status: 'resolved', urgency: 'low' },
    { ranges: [{}], triage: 'under_investigation' },
  ],
  ['undetermined', { ...OPEN, status: 'undetermined' }, { ranges: [{}], triage: 'under_investigation' }],
  [
    'no-dsa',
    { ...OPEN, nodsa: 'Minor issue', nodsa_reason: '' },
    { triage: 'no_dsa', triageReason: 'no-dsa' },
  ],
  ['no-dsa without prose', { ...OPEN, nodsa_reason: '' }, { triage: 'no_dsa' }],
  [
    'postponed',
    { ...OPEN, nodsa: 'x', nodsa_reason: 'postponed' },
    { triage: 'fix_deferred', triageReason: 'postponed' },
  ],
  [
    'ignored',
    { ...OPEN, nodsa: 'x', nodsa_reason: 'ignored' },
    { triage: 'will_not_fix', triageReason: 'ignored' },
  ],
  [
    'a reason that is new',
    { ...OPEN, nodsa: 'x', nodsa_reason: 'later' },
    { triage: 'no_dsa', triageReason: 'later' },
  ],
  ['end of life by reason', { ...OPEN, nodsa: 'x', nodsa_reason: 'end-of-life' }, { triage: 'end_of_life' }],
  ['end of life by urgency', { ...OPEN, urgency: 'end-of-life' }, { triage: 'end_of_life', ranges: [{}] }],
  [
    'unimportant',
    { ...OPEN, urgency: 'unimportant' },
    { triage: 'negligible', severity: 'negligible', ranges: [{}] },
  ],
  [
    'unimportant and fixed',
    { ...FIXED, urgency: 'unimportant' },
    { triage: 'negligible', ranges: [{ fixed: '1.2-3+deb12u1' }] },
  ],
  [
    'unimportant goes before no-dsa',
    { ...OPEN, urgency: 'unimportant', nodsa: 'x', nodsa_reason: 'ignored' },
    { triage: 'negligible' },
  ],
  ['urgency', { ...OPEN, urgency: 'medium' }, { severity: 'medium' }],
  ['urgency set by hand', { ...OPEN, urgency: 'high**' }, { severity: 'high' }],
])('%s', async (_what, line, expected) => {
  expect(await entryOf(line)).toMatchObject(expected);
});

test('a fix that is there makes the plan not to fix it void', async () => {
  const entry = await entryOf({ ...FIXED, nodsa: 'Minor issue', nodsa_reason: 'ignored' });
  expect(entry).not.toHaveProperty('triage');
});

test('no severity where Debian assigned none, and no prose at all', async () => {
  const entry = await entryOf({ ...OPEN, nodsa: 'Minor issue', nodsa_reason: '' });
  expect(entry).not.toHaveProperty('severity');
  expect(JSON.stringify(entry)).not.toMatch(/Minor|prose/);
});

test.each([
  ['bookworm', 'Debian:12'],
  ['forky', 'Debian:14'],
  ['duke', 'Debian:15'],
  ['sid', 'Debian:sid'],
  ['sarge', 'Debian:3.1'],
  ['of-tomorrow', 'Debian:of-tomorrow'],
])('release %s is kept under %s', async (release, ecosystem) => {
  expect(await entryOf(OPEN, release)).toMatchObject({ ecosystem, name: 'openssl' });
});

test('temporary ids stay', async () => {
  expect(await entryOf(OPEN, 'sid', 'TEMP-0841856-B18BAF')).toMatchObject({ id: 'TEMP-0841856-B18BAF' });
});

test('it speaks for the releases that it names, and triage is by release and source package', async () => {
  const line = (reason: string): Line => ({ ...OPEN, nodsa: 'x', nodsa_reason: reason });
  const file = {
    lmdb: { 'CVE-2026-22185': { releases: { trixie: line(''), sid: FIXED } } },
    openldap: { 'CVE-2026-22185': { releases: { trixie: { ...OPEN, urgency: 'unimportant' } } } },
  };
  const items = await itemsOf(debianTracker, 'tracker', JSON.stringify(file));
  expect(items.filter(({ kind }) => kind === 'covers')).toEqual([
    { kind: 'covers', ecosystem: 'Debian:13' },
    { kind: 'covers', ecosystem: 'Debian:sid' },
  ]);
  const triage = items.flatMap((item) =>
    item.kind === 'advisory' ? [[item.entry.name, item.entry.ecosystem, item.entry.triage]] : [],
  );
  expect(triage).toEqual([
    ['lmdb', 'Debian:13', 'no_dsa'],
    ['lmdb', 'Debian:sid', undefined],
    ['openldap', 'Debian:13', 'negligible'],
  ]);
});

test('a status that nobody knows is no clean bill', async () => {
  const items = await itemsOf(
    debianTracker,
    'tracker',
    JSON.stringify({ a: { 'CVE-2020-1': { releases: { sid: { status: 'new word' } } } } }),
  );
  expect(items).toContainEqual({
    kind: 'advisory',
    entry: expect.objectContaining({
      ranges: [{}],
      triage: 'under_investigation',
      triageReason: 'unknown-status',
    }),
  });
});

test('what it cannot use is counted', async () => {
  const file = { a: { 'CVE-2020-2': {}, 'CVE-2020-3': 7 } };
  const items = await itemsOf(
    debianTracker,
    'tracker',
    JSON.stringify({ ...file, b: { 'CVE-2020-4': { releases: {} } } }),
  );
  expect(items.filter(({ kind }) => kind === 'skipped')).toHaveLength(2);
});

test.each(['', '{}', '{"a":{}}', '[]', '<html></html>', '{"a":{"CVE-1":{"releases":{}}'])(
  'refuses %j',
  async (text) => {
    await expect(itemsOf(debianTracker, 'tracker', text)).rejects.toMatchObject({ code: 'FEED_INVALID' });
  },
);
