import type { TarMember } from '../kit/tar.ts';

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Stack = readonly (readonly TarMember[])[];

const FOLDERS = ['a', 'b', 'c', 'd'];
const FILES = ['x', 'y', 'os', 'n.r', 'm.r', 'k.l', 'pkg'];

/** A few names only, so that layers meet: overwrite, delete, change type, write through links, link in circles. */
export function randomStack(random: () => number): Stack {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const folder = (depth: number): string =>
    Array.from({ length: Math.floor(random() * (depth + 1)) }, () => pick(FOLDERS)).join('/');
  const join = (...parts: string[]): string => parts.filter((part) => part !== '').join('/');
  const filePath = (): string => join(folder(3), pick(FILES));
  const anyPath = (): string => (random() < 0.6 ? filePath() : join(folder(2), pick(FOLDERS)));
  const linkTarget = (): string => {
    const known = written.length > 0 && random() < 0.6 ? pick(written) : anyPath();
    const target = random() < 0.5 ? known : known.slice(0, Math.max(known.lastIndexOf('/'), 1));
    const way = random();
    if (way < 0.35) return `/${target}`;
    if (way < 0.65) return target;
    return `${'../'.repeat(1 + Math.floor(random() * 3))}${target}`;
  };
  const written: string[] = [];
  let count = 0;
  const member = (): TarMember => {
    const kind = random();
    if (kind < 0.42) {
      const path = written.length > 0 && random() < 0.2 ? pick(written) : filePath();
      written.push(path);
      count += 1;
      return { path, content: `${random() < 0.3 ? 'MAGIC' : 'plain'} ${count}` };
    }
    if (kind < 0.56) return { path: join(folder(2), pick(FOLDERS)), type: 'folder' };
    if (kind < 0.7) {
      const path = random() < 0.75 ? join(folder(2), pick(FOLDERS)) : filePath();
      return { path, type: 'symlink', linkTarget: linkTarget() };
    }
    if (kind < 0.82 && written.length > 0) {
      const path = random() < 0.9 ? filePath() : join(folder(2), pick(FOLDERS));
      written.push(path);
      return { path, type: 'hardlink', linkTarget: pick(written) };
    }
    if (kind < 0.84) return { path: filePath(), type: 'fifo' };
    if (kind < 0.94) {
      const gone = random() < 0.5 && written.length > 0 ? pick(written) : anyPath();
      const slash = gone.lastIndexOf('/') + 1;
      return { path: `${gone.slice(0, slash)}.wh.${gone.slice(slash)}` };
    }
    return { path: join(folder(2), '.wh..wh..opq') };
  };
  const layers = 2 + Math.floor(random() * 4);
  return Array.from({ length: layers }, () => Array.from({ length: 1 + Math.floor(random() * 10) }, member));
}
