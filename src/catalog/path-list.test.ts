import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryLetter, namesOf, PathListWriter, type PathVisitor, readPathList } from './path-list.ts';

type Row = readonly [string, ...(string | number)[]];

function rowsOf(chunks: readonly Uint8Array[]): Row[] {
  const rows: Row[] = [];
  const visitor: PathVisitor = {
    folder: (path) => rows.push(['D', path]),
    symlink: (path, target) => rows.push(['L', path, target]),
    hardlink: (path, target) => rows.push(['H', path, target]),
    catalogued: () => rows.push(['C']),
    echo: (path, seq) => rows.push(['E', path, seq]),
    other: (path) => rows.push(['O', path]),
    whiteout: (path) => rows.push(['W', path]),
    opaque: (path) => rows.push(['Q', path]),
    plain: (folder, run, seq) => {
      for (const [offset, name] of namesOf(run)().entries())
        rows.push(['F', folder === '' ? name : `${folder}/${name}`, seq + offset]);
    },
  };
  readPathList(chunks, visitor);
  return rows;
}

function write(rows: readonly Row[]): readonly Uint8Array[] {
  const writer = new PathListWriter();
  for (const [letter, ...fields] of rows) {
    if (letter === 'F') writer.plain(String(fields[0]), Number(fields[1]));
    else if (letter === 'E') writer.add('E', String(fields[0]), Number(fields[1]).toString(36));
    else writer.add(letter as EntryLetter, ...fields.map(String));
  }
  return writer.finish();
}

const name = fc
  .string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
  .filter((text) => !/[\0/]/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const row = fc.oneof(
  fc.tuple(fc.constantFrom('D', 'O', 'W', 'Q'), path),
  fc.tuple(fc.constantFrom('L', 'H'), path, fc.oneof(path, fc.constant(''))),
  fc.constant(['C'] as const),
  fc.tuple(fc.constantFrom('E', 'F'), path),
);

describe('a path list', () => {
  test('gives back what was written, in order', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (drawn) => {
        const rows = drawn.map((one, seq): Row => (one[0] === 'E' || one[0] === 'F' ? [...one, seq] : one));
        expect(rowsOf(write(rows))).toEqual(rows);
      }),
    );
  });

  test('is packed in chunks that can be read alone', () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, seq): Row => ['F', `folder-${seq % 3}/some/file-${seq}`, seq],
    );
    const chunks = write(rows);
    expect(chunks.length).toBeGreaterThan(1);
    expect(rowsOf(chunks)).toEqual(rows);
    expect(rowsOf(chunks.slice(0, 1))).toEqual(rows.slice(0, rowsOf(chunks.slice(0, 1)).length));
  });

  test('does not let a NUL end a field', () => {
    expect(rowsOf(write([['L', 'a', 'b\0Dx']]))).toEqual([['L', 'a', 'b\ufffdDx']]);
    expect(rowsOf(write([['F', 'a/b\0\0Wc', 0]]))).toEqual([['F', 'a/b\ufffd\ufffdWc', 0]]);
  });
});
