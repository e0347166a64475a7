import { decodeName } from './names.ts';
import { tarError } from './tar-error.ts';

/** The records of a PAX header that change what a member is. */
export interface PaxRecords {
  readonly path?: string;
  readonly linkPath?: string;
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly xattrs?: ReadonlyMap<string, Uint8Array>;
  readonly sparse?: PaxSparse;
}

/** GNU's three ways to write a sparse file in PAX. Source: GNU tar manual, "Storing Sparse Files". */
export interface PaxSparse {
  /** The map stands before the body (format 1.0) and not in the records (0.0 and 0.1). */
  readonly mapInBody: boolean;
  readonly name?: string;
  readonly realSize?: number;
  /** Offset, length, offset, length … */
  readonly map: readonly number[];
}

const NEWLINE = 0x0a;
const EQUALS = 0x3d;
const XATTR = 'SCHILY.xattr.';
const LIBARCHIVE_XATTR = 'LIBARCHIVE.xattr.';
const SPARSE = 'GNU.sparse.';

/**
 * Reads the records `length key=value\n`. An empty value leaves the header's own in place.
 * Throws INPUT_INVALID for records that are not of this shape and numbers that are none.
 * Source: POSIX.1-2017 pax, "pax Extended Header"; star manual for `SCHILY.xattr`.
 */
export function readPax(bytes: Buffer, where: string): PaxRecords {
  const reading = new Reading(where);
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : decimal(bytes.toString('latin1', at, Math.min(space, at + 8)));
    const end = at + length;
    const equals = bytes.indexOf(EQUALS, space);
    if (!(end <= bytes.length) || !(equals > space + 1 && equals < end - 1) || bytes[end - 1] !== NEWLINE)
      throw tarError(where, 'a PAX record is damaged');
    reading.record(bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return reading.records();
}

/**
 * Names a record that would rename or resize all members behind a global header, if there is one. The readers that
 * unpack images ignore global records, others follow them: such an archive means two things.
 */
export function contestedGlobal(records: PaxRecords): string | undefined {
  if (records.path !== undefined) return 'path';
  if (records.linkPath !== undefined) return 'linkpath';
  if (records.size !== undefined) return 'size';
  return records.sparse === undefined ? undefined : 'GNU.sparse';
}

/** A whole decimal number up to 2^53; NaN for anything else. */
export function decimal(text: string): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

class Reading {
  readonly #where: string;
  readonly #xattrs: Map<string, Uint8Array> = new Map();
  readonly #texts: Map<string, string> = new Map();
  readonly #map: number[] = [];

  constructor(where: string) {
    this.#where = where;
  }

  record(key: string, value: Buffer): void {
    if (key.startsWith(XATTR)) this.#xattrs.set(key.slice(XATTR.length), Buffer.from(value));
    else if (key.startsWith(LIBARCHIVE_XATTR)) this.#libarchiveXattr(key, value);
    else if (key === `${SPARSE}offset` || key === `${SPARSE}numbytes`)
      this.#map.push(this.#number(key, String(value)));
    else if (KEPT.has(key)) this.#text(key, value);
  }

  records(): PaxRecords {
    const path = this.#texts.get('path');
    const linkPath = this.#texts.get('linkpath');
    const sparse = this.#sparse();
    return {
      ...(path !== undefined && { path }),
      ...(linkPath !== undefined && { linkPath }),
      ...this.#numbers(),
      ...(this.#xattrs.size > 0 && { xattrs: this.#xattrs }),
      ...(sparse !== undefined && { sparse }),
    };
  }

  #text(key: string, value: Buffer): void {
    if (value.length === 0) this.#texts.delete(key);
    else if (value.includes(0)) throw tarError(this.#where, `the PAX record ${key} has a NUL`);
    else this.#texts.set(key, decodeName(value));
  }

  /** libarchive writes both kinds; the plain one, if there, is the one that others read. */
  #libarchiveXattr(key: string, value: Buffer): void {
    const name = percentDecoded(key.slice(LIBARCHIVE_XATTR.length));
    if (!this.#xattrs.has(name)) this.#xattrs.set(name, Buffer.from(value.toString('latin1'), 'base64'));
  }

  #numbers(): { size?: number; uid?: number; gid?: number } {
    const found: { size?: number; uid?: number; gid?: number } = {};
    for (const key of ['size', 'uid', 'gid'] as const) {
      const text = this.#texts.get(key);
      if (text !== undefined) found[key] = this.#number(key, text);
    }
    return found;
  }

  #sparse(): PaxSparse | undefined {
    const version = [this.#texts.get(`${SPARSE}major`), this.#texts.get(`${SPARSE}minor`)].join('.');
    const list = this.#texts.get(`${SPARSE}map`);
    const mapInBody = version === '1.0';
    const isOld =
      ['0.0', '0.1'].includes(version) || (version === '.' && (list ?? this.#map[0]) !== undefined);
    if (!mapInBody && !isOld) return undefined;
    const name = this.#texts.get(`${SPARSE}name`);
    const size = this.#texts.get(`${SPARSE}size`) ?? this.#texts.get(`${SPARSE}realsize`);
    return {
      mapInBody,
      ...(name !== undefined && { name }),
      ...(size !== undefined && { realSize: this.#number('GNU.sparse.size', size) }),
      map: list === undefined ? this.#map : list.split(',').map((text) => this.#number(`${SPARSE}map`, text)),
    };
  }

  #number(key: string, text: string): number {
    const value = decimal(text);
    if (Number.isNaN(value)) throw tarError(this.#where, `the PAX record ${key} is no number`);
    return value;
  }
}

const KEPT: ReadonlySet<string> = new Set([
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  ...['major', 'minor', 'name', 'size', 'realsize', 'map'].map((key) => SPARSE + key),
]);

function percentDecoded(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}
