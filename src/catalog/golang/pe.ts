import { HeaderReader, type Layout, MAX_SEGMENTS, type Segment } from './layout.ts';

const OPTIONAL_HEADER_64 = 0x20b;
const SECTION_BYTES = 40;
const MEMORY_EXECUTE = 0x20000000;
const MEMORY_WRITE = 0x80000000;

/**
 * The sections of a Windows program from its first bytes; undefined for what only begins with `MZ`. Source:
 * Microsoft, "PE Format".
 */
export function peLayout(head: Buffer): Layout | undefined {
  const read = new HeaderReader(head, true);
  const signature = read.u32(0x3c);
  if (!read.has(signature, 24) || read.u32(signature) !== 0x4550) return undefined;
  const optional = signature + 24;
  const wide = read.u16(optional) === OPTIONAL_HEADER_64;
  const base = wide ? read.u64(optional + 24) : BigInt(read.u32(optional + 28));
  const table = optional + read.u16(signature + 20);
  const count = Math.min(read.u16(signature + 6), MAX_SEGMENTS);
  const segments: Segment[] = [];
  for (let at = table; at < table + count * SECTION_BYTES; at += SECTION_BYTES) {
    const flags = read.u32(at + 36);
    const segment = {
      offset: read.u32(at + 20),
      size: read.u32(at + 16),
      address: base + BigInt(read.u32(at + 12)),
      writable: (flags & MEMORY_WRITE) !== 0,
      executable: (flags & MEMORY_EXECUTE) !== 0,
    };
    if (segment.size > 0) segments.push(segment);
  }
  return { segments, go: 'likely' };
}
