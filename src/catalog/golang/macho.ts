import { HeaderReader, type Layout, MAX_SEGMENTS, type Segment } from './layout.ts';

const MAGIC_32 = 0xfeedface;
const MAGIC_64 = 0xfeedfacf;
const FAT = 0xcafebabe;
const FAT_64 = 0xcafebabf;
/** Java class files begin like fat programs; their next number, the class version, is at least 45. */
const MAX_ARCHITECTURES = 20;
const SEGMENT_32 = 0x1;
const SEGMENT_64 = 0x19;
const PROTECTION_WRITE = 2;
const PROTECTION_EXECUTE = 4;

/** The segments of a macOS program from its first bytes. Source: Apple, `mach-o/loader.h`. */
export function machoLayout(head: Buffer): Layout | undefined {
  const little = head.length >= 4 && [MAGIC_32, MAGIC_64].includes(head.readUInt32LE(0));
  const read = new HeaderReader(head, little);
  const wide = read.u32(0) === MAGIC_64;
  if (!wide && read.u32(0) !== MAGIC_32) return undefined;
  const segments: Segment[] = [];
  let at = wide ? 32 : 28;
  for (let left = read.u32(16); left > 0 && segments.length < MAX_SEGMENTS && read.has(at, 8); left -= 1) {
    const bytes = read.u32(at + 4);
    if (bytes < 8) break;
    const command = read.u32(at);
    if (command === SEGMENT_32 || command === SEGMENT_64) {
      const segment = segmentAt(read, at, command === SEGMENT_64);
      if (segment.size > 0) segments.push(segment);
    }
    at += bytes;
  }
  return { segments, go: 'likely' };
}

/**
 * The first program of a file for several architectures, as one part: `go version` too reads that one only.
 * Source: Apple, `mach-o/fat.h`.
 */
export function fatLayout(head: Buffer): Layout | undefined {
  const read = new HeaderReader(head, false);
  const wide = read.u32(0) === FAT_64;
  if (!wide && read.u32(0) !== FAT) return undefined;
  const count = read.u32(4);
  if (count === 0 || count > MAX_ARCHITECTURES) return undefined;
  const offset = read.word(16, wide);
  const size = read.word(wide ? 24 : 20, wide);
  return { segments: [{ offset, size, address: 0n, writable: true, executable: false }], go: 'open' };
}

function segmentAt(read: HeaderReader, at: number, wide: boolean): Segment {
  const protection = read.u32(at + (wide ? 60 : 44));
  return {
    address: read.address(at + 24, wide),
    offset: read.word(at + (wide ? 40 : 32), wide),
    size: read.word(at + (wide ? 48 : 36), wide),
    writable: (protection & PROTECTION_WRITE) !== 0,
    executable: (protection & PROTECTION_EXECUTE) !== 0,
  };
}
