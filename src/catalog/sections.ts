import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * The form of a cached file: a mark that names kind and format, the sections with their lengths, a CRC-32 over all
 * before it. Integers are 32-bit, little-endian.
 */
export function joinSections(mark: Buffer, sections: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [mark, uint32(sections.length)];
  for (const section of sections) parts.push(uint32(section.length), section);
  const body = Buffer.concat(parts);
  return Buffer.concat([body, uint32(crc32(body))]);
}

/** Reads what `joinSections` wrote; throws for anything else, be it damaged, cut or of another format. */
export function splitSections(mark: Buffer, bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.length - 4;
  if (end < mark.length + 4 || !buffer.subarray(0, mark.length).equals(mark)) throw new Error('not a record');
  if (crc32(buffer.subarray(0, end)) !== buffer.readUInt32LE(end)) throw new Error('damaged');
  const count = buffer.readUInt32LE(mark.length);
  const sections: Uint8Array[] = [];
  let at = mark.length + 4;
  for (let index = 0; index < count; index += 1) {
    const length = buffer.readUInt32LE(at);
    sections.push(buffer.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (at !== end) throw new Error('lengths do not add up');
  return sections;
}

export function packText(text: string): Uint8Array {
  return zstdCompressSync(Buffer.from(text, 'utf8'), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export function unpackText(packed: Uint8Array, maxBytes: number): string {
  return zstdDecompressSync(packed, { maxOutputLength: maxBytes }).toString('utf8');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
