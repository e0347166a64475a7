/** What a layer may be packed with. */
export type Compression = 'gzip' | 'zstd' | 'none';

/** Known by its first bytes, and deliberately not read. */
export type UnsupportedCompression =
  `unsupported:${'bzip2' | 'xz' | 'lz4' | 'lzip' | 'compress' | 'zip' | '7z'}`;

/**
 * What the bytes are packed with, by their first ten; media types and file names are claims that nobody checks.
 * The signatures are longer than they need be, as a plain tar starts with the name of its first member.
 * Sources: RFC 1952 section 2.3.1; RFC 8878 sections 3.1.1 and 3.1.2; the formats' own descriptions.
 */
export function sniffCompression(head: Uint8Array): Compression | UnsupportedCompression {
  for (const [kind, ...signature] of SIGNATURES) {
    if (signature.every((byte, at) => byte === undefined || head[at] === byte)) return kind;
  }
  return isSkippableFrame(head) ? 'zstd' : 'none';
}

/** Source: RFC 8878 section 3.1.2: sixteen magic numbers. */
function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
}

const SIGNATURES: readonly (readonly [Compression | UnsupportedCompression, ...(number | undefined)[]])[] = [
  ['gzip', 0x1f, 0x8b, 0x08],
  ['zstd', 0x28, 0xb5, 0x2f, 0xfd],
  ['unsupported:xz', 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  // `BZh`, a level, then the number pi of a first block or the square root of pi of an empty stream.
  ['unsupported:bzip2', 0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  ['unsupported:bzip2', 0x42, 0x5a, 0x68, undefined, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
  ['unsupported:lz4', 0x04, 0x22, 0x4d, 0x18],
  ['unsupported:lzip', 0x4c, 0x5a, 0x49, 0x50, 0x01],
  ['unsupported:compress', 0x1f, 0x9d],
  ['unsupported:zip', 0x50, 0x4b, 0x03, 0x04],
  ['unsupported:7z', 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
];
