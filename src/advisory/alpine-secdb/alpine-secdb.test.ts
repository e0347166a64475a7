import { expect, test } from 'vitest';
import { itemsOf } from '../../../test/kit/feeds.ts';
import type { AdvisoryEntry } from '../../model/index.ts';
import { identifiersIn } from './identifiers.ts';
import { alpineSecdb } from './index.ts';

const HEAD = { distroversion: 'v3.10', reponame: 'main' };

async function read(document: object, file = 'v3.10/main') {
  const items = await itemsOf(alpineSecdb, file, JSON.stringify(document));
  const entries = items.flatMap((item): AdvisoryEntry[] => (item.kind === 'advisory' ? [item.entry] : []));
  return { items, entries };
}

const secfixes = (fixes: object): object => ({
  ...HEAD,
  packages: [{ pkg: { name: 'openssl', secfixes: fixes } }],
});

test('each id is fixed from its version on', async () => {
  const { entries } = await read(
    secfixes({ '1.1.1d-r0': ['CVE-2019-1547', 'CVE-2019-1549'], '1.1.1b-r1': ['CVE-2019-1543'] }),
  );
  expect(entries.map(({ id, ranges }) => [id, ranges])).toEqual([
    ['CVE-2019-1547', [{ fixed: '1.1.1d-r0' }]],
    ['CVE-2019-1549', [{ fixed: '1.1.1d-r0' }]],
    ['CVE-2019-1543', [{ fixed: '1.1.1b-r1' }]],
  ]);
  expect(entries[0]).toMatchObject({ ecosystem: 'Alpine:v3.10', name: 'openssl', feed: 'alpine-secdb' });
});

test('version "0" means never affected, not fixed before everything', async () => {
  const { entries } = await read(secfixes({ '0': ['CVE-2018-25032'] }));
  expect(entries[0]).toMatchObject({ ranges: [], triage: 'not_affected' });
});

test('the order of the versions in the file makes no difference', async () => {
  const fixes = Object.entries({ '2-r1': ['CVE-2020-1 XSA-9'], '1-r1': ['CVE-2020-1 XSA-200'] });
  const forwards = await read(secfixes(Object.fromEntries(fixes)));
  const backwards = await read(secfixes(Object.fromEntries(fixes.toReversed())));
  expect(JSON.stringify(backwards.entries)).toBe(JSON.stringify(forwards.entries));
});

test('an id that is fixed twice is affected up to the later fix', async () => {
  const { entries } = await read(
    secfixes({ '2-r1': ['CVE-2020-1'], '1-r1': ['CVE-2020-1'], '0': ['CVE-2020-1'] }),
  );
  expect(entries).toHaveLength(1);
  expect(entries[0]?.ranges).toEqual(expect.arrayContaining([{ fixed: '1-r1' }, { fixed: '2-r1' }]));
  expect(entries[0]).not.toHaveProperty('triage');
});

test.each<[string, readonly string[], readonly string[]]>([
  ['CVE-2019-1547', ['CVE-2019-1547'], []],
  ['CVE-2019-1111 CVE-2019-2222', ['CVE-2019-1111', 'CVE-2019-2222'], []],
  ['CVE-2016-9932 XSA-200', ['CVE-2016-9932'], ['XSA-200']],
  ['CVE-2017-2616 (+ regression fix)', ['CVE-2017-2616'], []],
  ['XSA-207', ['XSA-207'], []],
  ['ALPINE-13661', ['ALPINE-13661'], []],
  ['CVE-2017-12122 TALOS-2017-0488', ['CVE-2017-12122'], ['TALOS-2017-0488']],
  ['CVE-2020-28196 GHSA-abcd-1234-wxyz', ['CVE-2020-28196'], ['GHSA-abcd-1234-wxyz']],
  ['CVE-2017-17434-1', ['CVE-2017-17434'], []],
  ['CVE_2019-2426', ['CVE-2019-2426'], []],
  ['wnpa-sec-2017-18', ['wnpa-sec-2017-18'], []],
  ['CVE N/A ZBX-11023', ['ZBX-11023'], []],
  ['GNUTLS-SA-2020-06-01', ['GNUTLS-SA-2020-06-01'], []],
])('ids in "%s"', (line, ids, aliases) => {
  expect(identifiersIn(line)).toEqual({ ids, aliases });
});

test.each(['', 'see upstream', 'N/A', 'x'.repeat(501)])('no id in "%s"', (line) => {
  expect(identifiersIn(line)).toBeUndefined();
});

test('a line without id and a package without name are counted, nothing else is lost', async () => {
  const { items, entries } = await read({
    ...HEAD,
    packages: [
      { pkg: { secfixes: {} } },
      { pkg: { name: 'a', secfixes: { '1': ['what?', 'CVE-2020-1'], '2': null } } },
      { pkg: { name: 'b', secfixes: null } },
    ],
  });
  expect(items.filter(({ kind }) => kind === 'skipped')).toHaveLength(2);
  expect(entries).toHaveLength(1);
});

test('a release is spoken for by main, when community did not fail', async () => {
  const main = await read({ ...HEAD, packages: [] });
  expect(main.items).toEqual([
    { kind: 'covers', ecosystem: 'Alpine:v3.10', needs: ['v3.10/main', 'v3.10/community'] },
  ]);
  const community = await read({ ...HEAD, reponame: 'community', packages: '' }, 'v3.10/community');
  expect(community.items).toEqual([]);
});

test.each([
  ['of another release', { ...HEAD, distroversion: 'v3.11', packages: [] }],
  ['of another repository', { ...HEAD, reponame: 'community', packages: [] }],
  ['without packages', HEAD],
  ['that is a list', []],
])('refuses a file %s', async (_what, document) => {
  await expect(read(document)).rejects.toMatchObject({ code: 'FEED_INVALID' });
});
