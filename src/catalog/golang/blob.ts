import { LIMITS } from '../../kit/index.ts';

/** What the linker left in a Go program. */
export interface BuildBlob {
  /** `go1.22.3`, `go1.22.3 X:boringcrypto`, `devel go1.23-…`. */
  readonly goVersion: string;
  /** The module list without its frame; empty where the program was built without modules. */
  readonly modules: string;
}

/** The header of Go before 1.18: addresses of two strings elsewhere in the program. */
export interface BlobPointers {
  readonly wide: boolean;
  readonly little: boolean;
  readonly version: bigint;
  readonly modules: bigint;
}

export type Decoded = BuildBlob | BlobPointers | 'invalid' | { readonly needBytes: number };

export const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
export const ALIGNMENT = 16;
export const MAX_VERSION_BYTES = 512;

const HEADER_BYTES = 32;
const FLAG_BIG_ENDIAN = 1;
const FLAG_INLINE = 2;
/** The module list stands between two marks of this length. */
const FRAME_BYTES = 16;

/**
 * Decodes the bytes from the magic on, as far as they are there. Source: Go `debug/buildinfo`, `buildInfoHeader`
 * and its two versions.
 */
export function decodeBlob(bytes: Buffer): Decoded {
  if (bytes.length < HEADER_BYTES) return { needBytes: HEADER_BYTES };
  const flags = bytes[15] ?? 0;
  if ((flags & FLAG_INLINE) === 0) return pointers(bytes, (flags & FLAG_BIG_ENDIAN) === 0);
  const version = stringAt(bytes, HEADER_BYTES, MAX_VERSION_BYTES);
  if (typeof version === 'string' || 'needBytes' in version) return version;
  const modules = stringAt(bytes, version.end, LIMITS.goModuleInfoBytes);
  if (typeof modules === 'string' || 'needBytes' in modules) return modules;
  return blobOf(version.bytes, modules.bytes) ?? 'invalid';
}

/** Undefined when the bytes are not a version, as in a program that has the magic among its own texts. */
export function blobOf(version: Buffer, modules: Buffer): BuildBlob | undefined {
  const goVersion = version.toString('utf8');
  if (!/^(?:go|devel)[\x20-\x7e]*$/.test(goVersion)) return undefined;
  const framed = modules.length > 2 * FRAME_BYTES && modules[modules.length - FRAME_BYTES - 1] === 0x0a;
  return {
    goVersion,
    modules: framed ? modules.toString('utf8', FRAME_BYTES, modules.length - FRAME_BYTES) : '',
  };
}

function pointers(bytes: Buffer, little: boolean): BlobPointers | 'invalid' {
  const pointerBytes = bytes[14];
  if (pointerBytes !== 4 && pointerBytes !== 8) return 'invalid';
  const wide = pointerBytes === 8;
  return {
    wide,
    little,
    version: pointerAt(bytes, 16, wide, little),
    modules: pointerAt(bytes, 16 + pointerBytes, wide, little),
  };
}

/** Reads an address or a length of 4 or 8 bytes. */
export function pointerAt(bytes: Buffer, at: number, wide: boolean, little: boolean): bigint {
  if (wide) return little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
  return BigInt(little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
}

type Text = { readonly bytes: Buffer; readonly end: number };

/** A string with its length in front, as a varint of at most 5 bytes here. */
function stringAt(bytes: Buffer, start: number, maxBytes: number): Text | 'invalid' | { needBytes: number } {
  let length = 0;
  for (let index = 0; ; index += 1) {
    if (index === 5) return 'invalid';
    const byte = bytes[start + index];
    if (byte === undefined) return { needBytes: start + index + 1 };
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte >= 0x80) continue;
    const from = start + index + 1;
    const end = from + length;
    if (length > maxBytes) return 'invalid';
    return end > bytes.length ? { needBytes: end } : { bytes: bytes.subarray(from, end), end };
  }
}
