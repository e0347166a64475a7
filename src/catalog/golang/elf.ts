import { HeaderReader, type Layout, MAX_SEGMENTS, type Segment, wholeFile } from './layout.ts';

const EXECUTABLE_TYPES = new Set([2, 3]);
const PT_LOAD = 1;
const PT_NOTE = 4;
/** PaX flags: Go's linker wrote this header before Go 1.23; a C linker does so on hardened systems only. */
const PT_PAX_FLAGS = 0x65041580;
const PF_EXECUTE = 1;
const PF_WRITE = 2;

/**
 * The loaded parts of an ELF file from its first bytes; undefined for what is no executable or shared library
 * (object files, kernel modules, core dumps). Source: System V ABI, "Object Files" and "Program Loading".
 */
export function elfLayout(head: Buffer, size: number): Layout | undefined {
  const wide = head[4] === 2;
  const read = new HeaderReader(head, head[5] !== 2);
  if (!EXECUTABLE_TYPES.has(read.u16(16))) return undefined;
  const table = read.word(wide ? 32 : 28, wide);
  const entryBytes = read.u16(wide ? 54 : 42);
  const count = Math.min(read.u16(wide ? 56 : 44), MAX_SEGMENTS);
  // patchelf moves the table to the end of the file.
  if (count === 0 || !read.has(table, count * entryBytes)) return wholeFile(size);
  const segments: Segment[] = [];
  let go: Layout['go'] = 'open';
  for (let at = table; at < table + count * entryBytes; at += entryBytes) {
    const type = read.u32(at);
    const segment = segmentAt(read, at, wide);
    if (type === PT_LOAD && segment.size > 0) segments.push(segment);
    if (type === PT_PAX_FLAGS && go === 'open') go = 'likely';
    if (type === PT_NOTE && hasGoNote(head, read, segment)) go = 'certain';
  }
  return { segments, go };
}

function segmentAt(read: HeaderReader, at: number, wide: boolean): Segment {
  const flags = read.u32(at + (wide ? 4 : 24));
  return {
    offset: read.word(at + (wide ? 8 : 4), wide),
    size: read.word(at + (wide ? 32 : 16), wide),
    address: read.address(at + (wide ? 16 : 8), wide),
    writable: (flags & PF_WRITE) !== 0,
    executable: (flags & PF_EXECUTE) !== 0,
  };
}

/** Go's linker marks its programs with a note `Go`, type 4 (the build id). Source: Go `cmd/link/internal/ld/elf.go`. */
function hasGoNote(head: Buffer, read: HeaderReader, notes: Segment): boolean {
  const end = Math.min(notes.offset + notes.size, head.length);
  for (let at = notes.offset; at + 12 <= end; ) {
    const nameBytes = read.u32(at);
    const valueBytes = read.u32(at + 4);
    const name = head.toString('latin1', at + 12, at + 12 + Math.min(nameBytes, 4));
    if (read.u32(at + 8) === 4 && name === 'Go\0\0') return true;
    at += 12 + align4(nameBytes) + align4(valueBytes);
  }
  return false;
}

function align4(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
