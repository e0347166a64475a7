/** One member to be written. Folders end in no slash; `content` is text or bytes, for files only. */
export interface TarMember {
  readonly path: string;
  readonly type?: 'file' | 'folder' | 'symlink' | 'hardlink' | 'fifo' | 'device';
  readonly content?: string | Uint8Array;
  /** Default 0644, for folders 0755. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** For symbolic and hard links. */
  readonly linkTarget?: string;
  /** Extended attributes, written as `SCHILY.xattr.*`. */
  readonly xattrs?: Readonly<Record<string, string | Uint8Array>>;
}

const FLAGS = { file: '0', hardlink: '1', symlink: '2', device: '3', folder: '5', fifo: '6' } as const;

/** A tar, the same bytes for the same members: times are 0, owners as told. Source: POSIX.1-2017, pax, ustar. */
export function writeTar(members: readonly TarMember[]): Buffer {
  const parts = members.flatMap(memberBlocks);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function memberBlocks(member: TarMember): Buffer[] {
  const type = member.type ?? 'file';
  const body = type === 'file' ? Buffer.from(member.content ?? '') : Buffer.alloc(0);
  const name = type === 'folder' ? `${member.path}/` : member.path;
  const records = paxRecords(member, name);
  const header = headerBlock(name, FLAGS[type], body.length, member);
  if (records.length === 0) return [header, padded(body)];
  const pax = Buffer.concat(records);
  return [headerBlock('PaxHeaders/entry', 'x', pax.length, {}), padded(pax), header, padded(body)];
}

function paxRecords(member: TarMember, name: string): Buffer[] {
  const records: Buffer[] = [];
  if (!fits(name)) records.push(paxRecord('path', Buffer.from(name)));
  if (member.linkTarget !== undefined && !fits(member.linkTarget)) {
    records.push(paxRecord('linkpath', Buffer.from(member.linkTarget)));
  }
  for (const [key, value] of Object.entries(member.xattrs ?? {})) {
    records.push(paxRecord(`SCHILY.xattr.${key}`, Buffer.from(value)));
  }
  return records;
}

function fits(name: string): boolean {
  return /^[ -~]*$/.test(name) && name.length <= 100;
}

/** The length at the front counts itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function headerBlock(name: string, flag: string, size: number, member: Partial<TarMember>): Buffer {
  const block = Buffer.alloc(512);
  block.write(name.slice(0, 100), 0, 100, 'latin1');
  octal(block, member.mode ?? (flag === '5' ? 0o755 : 0o644), 100, 8);
  octal(block, member.uid ?? 0, 108, 8);
  octal(block, member.gid ?? 0, 116, 8);
  octal(block, size, 124, 12);
  octal(block, 0, 136, 12);
  block.write(flag, 156, 'latin1');
  block.write((member.linkTarget ?? '').slice(0, 100), 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(block: Buffer, value: number, offset: number, width: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1');
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
