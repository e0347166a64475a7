import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AdvisoryEntry } from '../../model/index.ts';
import { entriesOfText, packRows, packText, textOfEntry, unpackRows, unpackText } from './packing.ts';

const DICTIONARY = Buffer.from('[{"id":"CVE-20');

test('row numbers survive packing', () => {
  const rows = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 40 })).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(rows, (list) => {
      expect(unpackRows(packRows(list))).toEqual(list);
    }),
  );
});

test('text survives packing, and damage is noticed', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (text, at, flip) => {
        const value = packText(text, DICTIONARY);
        expect(unpackText(value, DICTIONARY)).toBe(text);
        const place = at % value.length;
        value.writeUInt8(value.readUInt8(place) ^ flip, place);
        let damaged: string | undefined;
        try {
          damaged = unpackText(value, DICTIONARY);
        } catch {
          // Noticed.
        }
        // Bits behind the end of a deflate stream mean nothing.
        expect(damaged ?? text).toBe(text);
      },
    ),
  );
});

test('an entry survives being kept, with all that it holds', () => {
  const entry: AdvisoryEntry = {
    id: 'GO-2022-1',
    aliases: ['CVE-2022-1'],
    feed: 'osv',
    ecosystem: 'Go',
    name: 'stdlib',
    kind: 'notice',
    ranges: [{ introduced: '1', fixed: '2' }, { lastAffected: '0.5' }, {}],
    versions: ['1.0'],
    triage: 'no_dsa',
    triageReason: 'postponed',
    severity: 'high',
    cvss: ['CVSS:3.1/AV:N'],
    published: '2024-01-01',
    modified: '2024-01-02',
    url: 'https://osv.dev/vulnerability/GO-2022-1',
    unreviewed: true,
    symbols: { 'net/http': ['Serve'] },
  };
  const plain: AdvisoryEntry = {
    id: 'X',
    aliases: [],
    feed: 'kept',
    ecosystem: 'Go',
    name: 'stdlib',
    kind: 'vulnerability',
    ranges: [],
  };
  const text = `[${[entry, plain].map(textOfEntry).join(',')}]`;
  expect(entriesOfText(text, { ecosystem: 'Go', name: 'stdlib' }, () => undefined)).toEqual([entry, plain]);
  const [, withUrl] = entriesOfText(text, { ecosystem: 'Go', name: 'stdlib' }, (feed, id) => `${feed}/${id}`);
  expect(withUrl?.url).toBe('kept/X');
});
