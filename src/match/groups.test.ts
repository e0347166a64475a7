import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../test/kit/database.ts';
import { groupByAlias } from './groups.ts';
import type { Match } from './hold.ts';
import { compareIds, isAbout } from './ids.ts';

function matchOf(id: string, ...aliases: string[]): Match {
  const entry = entryOf({ id, aliases, ecosystem: 'PyPI', name: 'foo' });
  return { entry, held: { status: 'affected', range: null, fixedIn: null } };
}

function groups(...matches: Match[]): string[] {
  return groupByAlias(matches).map(({ id, aliases }) => [id, ...aliases].join(' '));
}

describe('groupByAlias', () => {
  it('puts the CVE first and the other names behind it', () => {
    expect(groups(matchOf('GHSA-1', 'CVE-2024-7'))).toEqual(['CVE-2024-7 GHSA-1']);
  });
  it('joins records that name each other, directly or through a third name', () => {
    expect(
      groups(matchOf('GHSA-1', 'CVE-2024-7'), matchOf('PYSEC-2'), matchOf('PYSEC-1', 'CVE-2024-7')),
    ).toEqual(['CVE-2024-7 GHSA-1 PYSEC-1', 'PYSEC-2']);
    expect(groups(matchOf('GHSA-1', 'X'), matchOf('GHSA-2', 'Y'), matchOf('GHSA-3', 'X', 'Y'))).toHaveLength(
      1,
    );
  });
  it('keeps vulnerabilities with CVEs of their own apart, whatever else they share', () => {
    expect(
      groups(matchOf('PYSEC-1', 'CVE-2024-1', 'GHSA-1'), matchOf('PYSEC-2', 'CVE-2024-2', 'GHSA-1')),
    ).toEqual(['CVE-2024-1 GHSA-1 PYSEC-1', 'CVE-2024-2 GHSA-1 PYSEC-2']);
    expect(
      groups(
        matchOf('PYSEC-1', 'CVE-2024-1', 'GHSA-1'),
        matchOf('GHSA-1', 'CVE-2024-2'),
        matchOf('GO-1', 'GHSA-1'),
      ),
    ).toEqual(['CVE-2024-1 GHSA-1 PYSEC-1', 'CVE-2024-2 GHSA-1 GO-1']);
  });
  it('joins records of several CVEs by any of these', () => {
    expect(
      groups(matchOf('GO-1', 'CVE-2024-1', 'CVE-2024-2', 'GHSA-1'), matchOf('GHSA-2', 'CVE-2024-2')),
    ).toEqual(['CVE-2024-1 CVE-2024-2 GHSA-1 GHSA-2 GO-1']);
  });
  it('keeps the record’s own id where there is no CVE', () => {
    expect(groups(matchOf('GO-2024-2', 'GHSA-0'))).toEqual(['GO-2024-2 GHSA-0']);
  });
  it('takes the oldest of several CVEs', () => {
    expect(groups(matchOf('GHSA-1', 'CVE-2024-10000', 'CVE-2024-9999'))).toEqual([
      'CVE-2024-9999 CVE-2024-10000 GHSA-1',
    ]);
  });
  it.each(['DSA-5000-1', 'DLA-3000-1', 'USN-6000-1', 'ALSA-2024:1'])(
    'does not join what only shares %s',
    (bulletin) => {
      expect(groups(matchOf('CVE-2024-1', bulletin), matchOf('CVE-2024-2', bulletin))).toHaveLength(2);
    },
  );
  it('joins the same groups in whatever order the records come', () => {
    const id = fc.integer({ min: 1, max: 12 }).map((n) => (n > 9 ? `CVE-2024-${n}` : `ID-${n}`));
    const records = fc.uniqueArray(fc.tuple(id, fc.array(id, { maxLength: 2 })), {
      selector: ([own]) => own,
    });
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.double({ noNaN: true })), (given, weights) => {
        const matches = given.map(([own, aliases]) => matchOf(own, ...aliases));
        const weighed = matches.map((match) => ({ match, weight: weights.next().value ?? 0 }));
        const shuffled = weighed.sort((a, b) => a.weight - b.weight).map(({ match }) => match);
        const sets = (list: Match[]) =>
          groupByAlias(list)
            .map((group) =>
              group.matches
                .map(({ entry }) => entry.id)
                .sort()
                .join(' '),
            )
            .sort();
        expect(sets(shuffled)).toEqual(sets(matches));
      }),
    );
  });
});

describe('isAbout', () => {
  const record = { id: 'CVE-2024-1', aliases: ['DSA-5000-1', 'GHSA-1'] };
  it.each([
    ['CVE-2024-1', true],
    ['GHSA-1', true],
    ['DSA-5000-1', false],
    ['CVE-2024-2', false],
  ])('%s: %s', (name, expected) => {
    expect(isAbout(record, new Set([name]))).toBe(expected);
  });
});

describe('compareIds', () => {
  it('orders numbers by their value', () => {
    const ids = ['CVE-2024-10000', 'CVE-2024-9999', 'CVE-2019-20000', 'GHSA-a'];
    expect(ids.sort(compareIds)).toEqual(['CVE-2019-20000', 'CVE-2024-9999', 'CVE-2024-10000', 'GHSA-a']);
  });
});
