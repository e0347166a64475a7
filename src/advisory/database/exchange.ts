import { createHash, randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import {
  LIMITS,
  makeFolder,
  messageOf,
  PratiqueError,
  readStream,
  removeTemporary,
  writeWhole,
} from '../../kit/index.ts';
import { dateOf, isObject, textOf } from '../json-values.ts';
import { openDatabase } from './open.ts';
import { replace } from './replace.ts';
import { contentDigest } from './verify.ts';

/** The first line of an exported database, as JSON; the zstd-compressed file follows it. */
export interface ExportManifest {
  readonly format: 'pratique-advisories';
  readonly version: 1;
  /** The database's content digest. */
  readonly digest: string;
  /** RFC 3339. */
  readonly builtAt: string;
  /** Of the unpacked file: bytes, and `sha256:` of them. */
  readonly size: number;
  readonly file: string;
}

const CHUNK_BYTES = 256 * 1024;
const MAX_MANIFEST_BYTES = 16 * 1024;
/** Values are packed already; more than this gains nothing. */
const LEVEL = 9;

/** Writes a copy of the database that can be carried elsewhere. Throws DATABASE_MISSING, DATABASE_INVALID, FILE_IO. */
export async function exportDatabase(path: string, to: string): Promise<ExportManifest> {
  const database = openDatabase(path);
  try {
    const { digest, builtAt } = database;
    const { size, file } = await measure(path);
    const manifest: ExportManifest = {
      format: 'pratique-advisories',
      version: 1,
      digest,
      builtAt,
      size,
      file,
    };
    await writeWhole(to, exported(path, manifest));
    return manifest;
  } finally {
    database.close();
  }
}

/**
 * Puts an exported database in place, after everything in it was checked against its digests. Throws
 * DATABASE_INVALID for one that is damaged, or older than the one in place unless `allowOlder`; INPUT_NOT_FOUND.
 */
export async function importDatabase(
  from: string,
  path: string,
  options: { readonly allowOlder: boolean },
): Promise<ExportManifest> {
  const { manifest, body } = await openExport(from);
  if (!options.allowOlder) refuseOlder(manifest, path, from);
  const temporary = join(dirname(resolve(path)), `.pratique-db-import-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await makeFolder(dirname(resolve(path)));
    await writeWhole(temporary, checked(body, manifest, from));
    checkContent(temporary, manifest, from);
    await replace(temporary, path);
    return manifest;
  } finally {
    await removeTemporary(temporary);
  }
}

async function measure(path: string): Promise<{ size: number; file: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of readStream(path)) {
    size += chunk.length;
    hash.update(chunk);
  }
  return { size, file: `sha256:${hash.digest('hex')}` };
}

async function* exported(path: string, manifest: ExportManifest): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(manifest)}\n`);
  const compress = createZstdCompress({
    chunkSize: CHUNK_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  yield* Readable.from(readStream(path), { objectMode: false }).pipe(compress);
}

async function openExport(
  from: string,
): Promise<{ manifest: ExportManifest; body: AsyncIterable<Uint8Array> }> {
  let head = Buffer.alloc(0);
  try {
    for await (const chunk of readStream(from, { end: MAX_MANIFEST_BYTES - 1 }))
      head = Buffer.concat([head, chunk]);
  } catch (error) {
    throw new PratiqueError('INPUT_NOT_FOUND', `${from} cannot be read: ${messageOf(error)}`, {
      where: from,
    });
  }
  const end = head.indexOf(0x0a);
  const manifest = end === -1 ? undefined : manifestOf(head.subarray(0, end));
  if (manifest === undefined) throw damaged(from, 'it is no exported advisory database');
  return { manifest, body: readStream(from, { start: end + 1 }) };
}

function manifestOf(line: Buffer): ExportManifest | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(raw) || raw.format !== 'pratique-advisories' || raw.version !== 1) return undefined;
  const [digest, builtAt, file] = [textOf(raw.digest), dateOf(raw.builtAt), textOf(raw.file)];
  if (digest === undefined || builtAt === undefined || file === undefined) return undefined;
  if (typeof raw.size !== 'number' || !Number.isSafeInteger(raw.size) || raw.size < 0) return undefined;
  return { format: 'pratique-advisories', version: 1, digest, builtAt, size: raw.size, file };
}

/** The unpacked bytes, up to what the manifest announces; the last one only if all of them are right. */
async function* checked(
  body: AsyncIterable<Uint8Array>,
  manifest: ExportManifest,
  from: string,
): AsyncGenerator<Uint8Array> {
  if (manifest.size > LIMITS.databaseBytes) throw damaged(from, 'it announces more than any database holds');
  const packed = Readable.from(body, { objectMode: false });
  const unpacked = createZstdDecompress({ chunkSize: CHUNK_BYTES });
  packed.on('error', (error) => unpacked.destroy(error));
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of packed.pipe(unpacked)) {
      size += chunk.length;
      if (size > manifest.size) throw damaged(from, 'it is longer than it announces');
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof PratiqueError ? error : damaged(from, messageOf(error));
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
  if (size !== manifest.size) throw damaged(from, 'it is cut off');
  if (`sha256:${hash.digest('hex')}` !== manifest.file)
    throw damaged(from, 'its bytes do not match their digest');
}

function checkContent(temporary: string, manifest: ExportManifest, from: string): void {
  const database = openDatabase(temporary);
  const { digest, builtAt } = database;
  database.close();
  if (digest !== manifest.digest || builtAt !== manifest.builtAt) {
    throw damaged(from, 'the database in it is not the one that it announces');
  }
  let actual: string;
  try {
    actual = contentDigest(temporary);
  } catch (error) {
    throw damaged(from, messageOf(error));
  }
  if (actual !== digest) throw damaged(from, 'its content does not match its digest');
}

function refuseOlder(manifest: ExportManifest, path: string, from: string): void {
  let inPlace: string;
  try {
    const database = openDatabase(path);
    inPlace = database.builtAt;
    database.close();
  } catch {
    // None there, or none that can be used: nothing is lost.
    return;
  }
  if (Date.parse(manifest.builtAt) >= Date.parse(inPlace)) return;
  throw new PratiqueError(
    'DATABASE_INVALID',
    `${from} was built at ${manifest.builtAt}, the database in place at ${inPlace}`,
    { where: from, hint: 'import a newer one, or add --allow-older' },
  );
}

function damaged(from: string, what: string): PratiqueError {
  return new PratiqueError('DATABASE_INVALID', `${from} cannot be imported: ${what}`, {
    where: from,
    hint: 'copy or export it again; the database in place stays as it is',
  });
}
