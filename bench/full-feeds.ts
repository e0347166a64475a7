import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/**
 * Feeds of the size that upstream serves today, made up: shapes and proportions are real (Debian's tracker by five
 * releases with a long-tailed number of records a package, npm mostly malicious packages), names and versions are not.
 * The same every time.
 */
export const FULL_SIZE = {
  sources: 3_600,
  debianRecords: 130_000,
  npm: 215_000,
  pypi: 25_000,
  go: 5_000,
  crates: 2_000,
  epss: 300_000,
};

const RELEASES = ['bullseye', 'bookworm', 'trixie', 'forky', 'sid'];
const WORDS =
  'lib core http json react auth data node util-net parse stream crypto image font tool web api test log cache query event file cloud shell kit pack form table chart mail queue lock proxy graph pixel audio video text code'.split(
    ' ',
  );

export function writeFullFeeds(folder: string): void {
  writeTracker(join(folder, 'debian/tracker/data/json'));
  writeZip(join(folder, 'osv/npm.zip'), FULL_SIZE.npm, npmRecord);
  writeZip(join(folder, 'osv/PyPI.zip'), FULL_SIZE.pypi, pypiRecord);
  writeZip(join(folder, 'osv/Go.zip'), FULL_SIZE.go, goRecord);
  writeZip(join(folder, 'osv/crates.io.zip'), FULL_SIZE.crates, cratesRecord);
  for (let minor = 3; minor <= 24; minor++) writeAlpine(folder, `v3.${minor}`);
  writeEpss(join(folder, 'epss_scores-current.csv.gz'));
}

let state = 1;
/** A whole number below `limit`. Source: Marsaglia, "Xorshift RNGs" (2003), 32-bit variant. */
function random(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

const word = (): string => WORDS[random(WORDS.length)] ?? 'x';
const version = (): string => `${random(9)}.${random(40)}.${random(30)}`;
const cve = (): string => `CVE-${2008 + random(19)}-${1_000 + random(60_000)}`;
const day = (): string =>
  `20${10 + random(17)}-0${1 + random(9)}-${10 + random(19)}T0${random(10)}:${10 + random(50)}:00Z`;
const prose = (length: number): string => Array.from({ length: length / 6 }, word).join(' ');

function writeTracker(path: string): void {
  const file = open(path);
  for (let source = 0; source < FULL_SIZE.sources; source++) {
    // One package (the kernel) has a tenth of all records, most have a handful.
    const records =
      source === 0 ? 12_000 : Math.max(1, Math.round((118_000 / 7.5 / (source + 12)) as number));
    const rows: Record<string, unknown> = {};
    for (let index = 0; index < records; index++) rows[cve()] = trackerRecord();
    const name = source === 0 ? 'linux' : `${word()}-${word()}${source}`;
    file.write(`${source === 0 ? '{' : ','}${JSON.stringify(name)}:${JSON.stringify(rows)}`);
  }
  file.write('}');
  file.close();
}

function trackerRecord(): object {
  const releases = Object.fromEntries(
    RELEASES.map((name, index) => {
      const fixed = random(10) < 6;
      const repositories = {
        [name]: `${version()}-1`,
        [`${name}-security`]: `${version()}-1+deb${11 + index}u1`,
      };
      if (fixed)
        return [
          name,
          {
            status: 'resolved',
            repositories,
            fixed_version: random(4) === 0 ? '0' : `${version()}-${1 + random(4)}`,
            urgency: 'not yet assigned',
          },
        ];
      const plan =
        random(3) === 0
          ? { nodsa: 'Minor issue', nodsa_reason: ['', 'postponed', 'ignored'][random(3)] }
          : {};
      return [
        name,
        {
          status: 'open',
          repositories,
          urgency: random(4) === 0 ? 'unimportant' : 'not yet assigned',
          ...plan,
        },
      ];
    }),
  );
  return { description: prose(240), scope: 'remote', releases };
}

function npmRecord(index: number): object {
  const name = `${word()}-${word()}-${word()}${index}`;
  if (index % 12 !== 0) {
    const affected = [{ package: { ecosystem: 'npm', name }, versions: [version(), version()], ranges: [] }];
    return {
      id: `MAL-202${random(6)}-${index}`,
      modified: day(),
      published: day(),
      summary: prose(60),
      details: prose(600),
      affected,
    };
  }
  return {
    id: ghsa(),
    aliases: [cve()],
    ...dated(),
    severity: [vector()],
    database_specific: { severity: 'HIGH' },
    affected: [affectedBy('npm', name, 'SEMVER')],
  };
}

function pypiRecord(index: number): object {
  const name = `${word()}-${word()}${index % 6_000}`;
  const versions = Array.from({ length: 5 + random(60) }, version);
  return {
    id: index % 2 === 0 ? ghsa() : `PYSEC-202${random(7)}-${index}`,
    aliases: [cve(), ghsa()],
    ...dated(),
    severity: [vector()],
    affected: [{ ...affectedBy('PyPI', name, 'ECOSYSTEM'), versions }],
  };
}

function goRecord(index: number): object {
  const name = `github.com/${word()}/${word()}${index % 2_000}`;
  const imports =
    index % 5 === 0 ? [{ path: name, symbols: Array.from({ length: 8 }, () => `${word()}.${word()}`) }] : [];
  const affected = [{ ...affectedBy('Go', name, 'SEMVER'), ecosystem_specific: { imports } }];
  return {
    id: `GO-202${random(7)}-${index}`,
    aliases: [cve(), ghsa()],
    ...dated(),
    modified: '0001-01-01T00:00:00Z',
    database_specific: { review_status: index % 4 === 0 ? 'REVIEWED' : 'UNREVIEWED' },
    affected,
  };
}

function cratesRecord(index: number): object {
  return {
    id: `RUSTSEC-202${random(7)}-${index}`,
    aliases: [cve()],
    ...dated(),
    affected: [affectedBy('crates.io', `${word()}${index % 1_200}`, 'SEMVER')],
  };
}

function dated(): object {
  return { modified: day(), published: day(), summary: prose(60), details: prose(900) };
}

function affectedBy(ecosystem: string, name: string, type: string): object {
  return {
    package: { ecosystem, name },
    ranges: [{ type, events: [{ introduced: '0' }, { fixed: version() }] }],
  };
}

function ghsa(): string {
  const part = (): string =>
    random(36 ** 4)
      .toString(36)
      .padStart(4, '2');
  return `GHSA-${part()}-${part()}-${part()}`;
}

function vector(): object {
  const pick = (letters: string): string => letters.charAt(random(letters.length));
  const score = `CVSS:3.1/AV:${pick('NALP')}/AC:${pick('LH')}/PR:${pick('NLH')}/UI:${pick('NR')}/S:${pick('UC')}/C:${pick('NLH')}/I:${pick('NLH')}/A:${pick('NLH')}`;
  return { type: 'CVSS_V3', score };
}

function writeAlpine(folder: string, release: string): void {
  for (const reponame of ['main', 'community']) {
    const packages = Array.from({ length: 400 }, (_, index) => {
      const secfixes = Object.fromEntries(
        Array.from({ length: 3 }, () => [`${version()}-r${random(5)}`, [cve(), cve()]]),
      );
      return { pkg: { name: `${word()}${index}`, secfixes } };
    });
    const file = open(join(folder, `alpine/${release}/${reponame}.json`));
    file.write(JSON.stringify({ distroversion: release, reponame, packages }));
    file.close();
  }
}

function writeEpss(path: string): void {
  const rows = ['#model_version:v2025.03.14,score_date:2026-11-21T00:00:00+0000', 'cve,epss,percentile'];
  for (let index = 0; index < FULL_SIZE.epss; index++) {
    rows.push(
      `CVE-${2000 + (index % 27)}-${10_000 + index},0.${String(random(100_000)).padStart(5, '0')},0.${String(random(100_000)).padStart(5, '0')}`,
    );
  }
  const file = open(path);
  file.write(gzipSync(rows.join('\n')));
  file.close();
}

/** Records packed one by one, as upstream packs them. Source: PKWARE APPNOTE 4.3. */
function writeZip(path: string, count: number, record: (index: number) => object): void {
  const file = open(path);
  const directory: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const value = record(index) as { id: string };
    const body = Buffer.from(JSON.stringify(value));
    const packed = deflateRawSync(body, { level: 1 });
    const name = Buffer.from(`${value.id}.json`);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(body), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(body.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(file.offset(), 10);
    file.write(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, packed]));
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, place, name);
  }
  endZip(file, count, Buffer.concat(directory));
}

function endZip(file: Output, count: number, central: Buffer): void {
  const start = file.offset();
  file.write(central);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(central.length), 40);
  end64.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(file.offset()), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(0, 4);
  end.writeUInt16LE(0, 20);
  file.write(Buffer.concat([end64, locator, end]));
  file.close();
}

interface Output {
  write(bytes: string | Buffer): void;
  offset(): number;
  close(): void;
}

function open(path: string): Output {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  let offset = 0;
  const write = (text: string | Buffer): void => {
    const bytes = Buffer.from(text);
    offset += bytes.length;
    writeSync(file, bytes);
  };
  return { write, offset: () => offset, close: () => closeSync(file) };
}
