export type Pair = readonly [a: string, b: string];

/**
 * Pairs of versions that lie close together, the same for the same seed: a real version, and the same one with one
 * to three small changes (a piece put in, taken out, doubled or swapped, a number changed by one), now and then with
 * both sides changed, or with another real version. None is empty or begins with a hyphen, which on a command line
 * would be an option.
 */
export function neighbours(
  seeds: readonly string[],
  pieces: readonly string[],
  count: number,
  seed: number,
): Pair[] {
  const random = mulberry32(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const usable = seeds.filter((text) => /^[^-]/.test(text));
  const pick = (list: readonly string[]): string => list[below(list.length)] ?? '';
  const changed = (text: string): string => {
    let result = text;
    for (let left = 1 + below(3); left > 0; left--) result = change(result, pick(pieces), below);
    return result.replace(/^-+/, '') || text;
  };
  return Array.from({ length: count }, () => {
    const start = pick(usable);
    const kind = below(10);
    const a = kind < 7 ? start : changed(start);
    const b = kind === 0 ? pick(usable) : changed(start);
    return random() < 0.5 ? [a, b] : [b, a];
  });
}

function change(text: string, piece: string, below: (limit: number) => number): string {
  const at = below(text.length + 1);
  const length = 1 + below(2);
  switch (below(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + piece + text.slice(at + length);
    case 3:
      return text.slice(0, at) + text.slice(at).replace(/\d{1,15}/, (digits) => String(Number(digits) + 1));
    case 4:
      return text + piece;
    default:
      return text.slice(0, at) + piece + text.slice(at);
  }
}

/** A small seeded generator of numbers in 0..1. Source: Tommy Ettinger's Mulberry32, public domain. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
