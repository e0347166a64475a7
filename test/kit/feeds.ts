import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
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

/** A few small feeds in their upstream shapes, at their upstream paths. */
export function smallFeeds(): Record<string, Buffer | string> {
  const line = { status: 'resolved', fixed_version: '1.1.1n-0+deb11u4', urgency: 'not yet assigned' };
  const tracker = {
    openssl: {
      'CVE-2023-0286': { releases: { bullseye: line, bookworm: { ...line, fixed_version: '0' } } },
      'CVE-2007-6755': { releases: { bookworm: { status: 'open', urgency: 'unimportant' } } },
    },
  };
  const alpine = (reponame: string, packages: object[]): string =>
    JSON.stringify({ distroversion: 'v3.10', reponame, packages });
  const secfixes = { '1.1.1d-r0': ['CVE-2019-1547'] };
  const record = {
    id: 'PYSEC-2024-1',
    aliases: ['CVE-2024-0001', 'GHSA-aaaa-bbbb-cccc'],
    modified: '2024-01-02T00:00:00Z',
    affected: [
      {
        package: { name: 'Django', ecosystem: 'PyPI' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0' }] }],
      },
    ],
  };
  const withdrawn = { ...record, id: 'PYSEC-2024-2', withdrawn: '2024-02-01T00:00:00Z' };
  const row = { cveID: 'CVE-2024-0001', dateAdded: '2024-01-05', knownRansomwareCampaignUse: 'Known' };
  return {
    'osv-vulnerabilities/PyPI/all.zip': osvZip([record, withdrawn]),
    'tracker/data/json': JSON.stringify(tracker),
    'v3.10/main.json': alpine('main', [{ pkg: { name: 'openssl', secfixes } }]),
    'v3.10/community.json': alpine('community', []),
    'sites/default/files/feeds/known_exploited_vulnerabilities.json': JSON.stringify({
      dateReleased: '2025-08-25T17:04:19Z',
      vulnerabilities: [row],
    }),
    'epss_scores-current.csv.gz': gzipSync(
      '#model_version:v1,score_date:2025-02-20T00:00:00+0000\ncve,epss,percentile\nCVE-2024-0001,0.00043,0.1\n',
    ),
    'api/debian.json': JSON.stringify([
      { cycle: '11', releaseDate: '2021-08-14', eol: '2024-08-14' },
      { cycle: '12', releaseDate: '2023-06-10', eol: '2026-07-11' },
    ]),
  };
}

/** Writes files below a folder. */
export async function writeFeeds(
  folder: string,
  files: Readonly<Record<string, Buffer | string>>,
): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    const to = join(folder, ...path.split('/'));
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes);
  }
}
