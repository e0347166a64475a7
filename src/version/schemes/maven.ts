import { type Numeral, numeral, type Order, orderOf } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

interface Token {
  /** Whether a hyphen, or a change between digits and letters, stands before it; else a dot. */
  readonly hyphen: boolean;
  readonly value: Numeral | string;
}

type MavenVersion = readonly Token[];

const RELEASE = new Set(['', 'final', 'ga', 'release']);
const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const ALIASES: Readonly<Record<string, string>> = { cr: 'rc' };
const SHORT: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', m: 'milestone' };

/** Source: maven.apache.org/pom.html, "Version Order Specification". */
export const maven: VersionScheme<MavenVersion> = {
  name: 'maven',
  aliases: ['java'],
  parse,
  compare,
};

function parse(text: string): MavenVersion | undefined {
  const trimmed = text.trim().toLowerCase();
  if (!/^[!-~]+$/.test(trimmed)) return undefined;
  return trimmedTokens(tokensOf(trimmed));
}

/** Splits at dots, hyphens and between digits and others; what is empty is 0. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let hyphen = false;
  for (const field of text.split(/([.-])/)) {
    if (field === '.' || field === '-') {
      hyphen = field === '-';
      continue;
    }
    const parts = field.match(/\d+|\D+/g) ?? ['0'];
    for (const [i, part] of parts.entries()) {
      tokens.push({ hyphen: hyphen || i > 0, value: tokenValue(part, parts[i + 1] !== undefined) });
    }
  }
  return tokens;
}

function tokenValue(part: string, beforeDigits: boolean): Numeral | string {
  if (/^\d/.test(part)) return numeral(part);
  const word = beforeDigits ? (SHORT[part] ?? part) : part;
  return RELEASE.has(word) ? '' : (ALIASES[word] ?? word);
}

/** Takes away what says nothing (0, the release) at the end, and before each hyphen. */
function trimmedTokens(tokens: readonly Token[]): MavenVersion {
  const kept: Token[] = [];
  // From the end on: whatever says nothing goes, as long as the end or a hyphen follows.
  for (const token of tokens.toReversed()) {
    const next = kept.at(-1);
    const saysNothing = token.value === 0 || token.value === '';
    if (!saysNothing || (next !== undefined && !next.hyphen)) kept.push(token);
  }
  return kept.toReversed();
}

function compare(a: MavenVersion, b: MavenVersion): Order {
  for (let i = 0; i < a.length || i < b.length; i++) {
    const left = a[i] ?? nothingFor(b[i]);
    const right = b[i] ?? nothingFor(a[i]);
    const order = orderOfTokens(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** What is missing equals the release or 0, whichever the other side's separator asks for. */
function nothingFor(other: Token | undefined): Token {
  const hyphen = other?.hyphen ?? false;
  return { hyphen, value: typeof other?.value === 'string' ? '' : 0 };
}

function orderOfTokens(a: Token, b: Token): Order {
  const order = orderOf(kindOf(a), kindOf(b));
  if (order !== 0) return order;
  if (typeof a.value === 'string' || typeof b.value === 'string') {
    const left = String(a.value);
    const right = String(b.value);
    return orderOf(rankOf(left), rankOf(right)) || orderOf(left, right);
  }
  return orderOf(a.value, b.value);
}

/** `.word`, `-word`, `-number`, `.number`. */
function kindOf(token: Token): number {
  if (typeof token.value === 'string') return token.hyphen ? 1 : 0;
  return token.hyphen ? 2 : 3;
}

function rankOf(word: string): number {
  const rank = QUALIFIERS.indexOf(word);
  return rank === -1 ? QUALIFIERS.length : rank;
}
