import { compareVersions } from '../../src/version/index.ts';

/**
 * Holds every pair of a chain such as `1.0~rc1 < 1.0 = 1.0-0 < 1.1` against a scheme, both ways round; returns the
 * pairs whose order is another one.
 */
export function wrongInChain(scheme: string, chain: string): string[] {
  const words = chain.split(/\s+/);
  const versions = words.filter((_, i) => i % 2 === 0);
  const rank = [0];
  for (let i = 1; i < versions.length; i++)
    rank.push((rank[i - 1] ?? 0) + (words[2 * i - 1] === '<' ? 1 : 0));
  const wrong: string[] = [];
  for (const [i, a] of versions.entries()) {
    for (const [j, b] of versions.entries()) {
      const wanted = Math.sign((rank[i] ?? 0) - (rank[j] ?? 0));
      const got = compareVersions(scheme, a, b);
      if (got !== wanted)
        wrong.push(`${a} ${SIGNS[wanted + 1]} ${b}, got ${got === undefined ? '?' : SIGNS[got + 1]}`);
    }
  }
  return wrong;
}

const SIGNS = ['<', '=', '>'];
