import { crc32 } from 'node:zlib';
import type { FeedItem, Updater } from '../../src/advisory/index.ts';

/** What an updater makes of a file: all items, as they come. */
export async function itemsOf(updater: Updater, fileId: string, bytes: string | Buffer): Promise<FeedItem[]> {
  const file = updater.files.find(({ id }) => id === fileId);
  if (file === undefined) throw new Error(`${updater.name} has no file ${fileId}`);
  const content = Buffer.from(bytes);
  const items: FeedItem[] = [];
  const read = async (offset: number, length: number): Promise<Buffer> =>
    content.subarray(offset, offset + length);
  async function* all(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 1_000) yield content.subarray(at, at + 1_000);
  }
  for await (const item of updater.parse(file, { size: content.length, bytes: all, read })) items.push(item);
  return items;
}

/** A zip of stored members, the same bytes every time. Source: PKWARE APPNOTE 4.3. */
export function zipOf(members: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(members)) {
    const [path, body] = [Buffer.from(name), Buffer.from(text)];
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(body), 10);
    shared.writeUInt32LE(body.length, 14);
    shared.writeUInt32LE(body.length, 18);
    shared.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), shared, path, body);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, place, path);
    offset += 4 + shared.length + path.length + body.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(members).length, 4);
  end.writeUInt16LE(Object.keys(members).length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** An `all.zip` of OSV with these records. */
export function osvZip(records: readonly object[]): Buffer {
  return zipOf(Object.fromEntries(records.map((record, index) => [`${index}.json`, JSON.stringify(record)])));
}
