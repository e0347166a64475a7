import { type Numeral, numeral, type Order, orderOfLists } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

/**
 * What may stand at one place of a version, from lowest to highest: where two versions differ in kind at the same
 * place, the kind decides. So `1.2_rc1 < 1.2 < 1.2-r1 < 1.2_p1 < 1.2a < 1.2.0`.
 */
const KIND = {
  preSuffix: 0,
  /** A dot without digits: not valid, yet the rest is still compared. */
  emptyNumber: 1,
  /** The end: revision, junk or not, revision written or not, in this order of weight. */
  tail: 2,
  hash: 3,
  suffixNumber: 4,
  postSuffix: 5,
  letter: 6,
  /** Digits that begin with 0 compare as text, so `1.01 < 1.1` and `1.0 < 1.00`. */
  zeroLedNumber: 7,
  number: 8,
} as const;

interface Token {
  readonly kind: number;
  readonly value: Numeral | string;
}

type ApkVersion = readonly Token[];

const PRE_SUFFIXES = ['alpha', 'beta', 'pre', 'rc'];
const POST_SUFFIXES = ['cvs', 'svn', 'git', 'hg', 'p'];

/**
 * `number{.number}{letter}{_suffix{number}}{~hash}{-rN}`. Source: apk-package(5), "Package info metadata", and
 * apk-tools 3; digits after the letter (`6.0.2p1`) as apk-tools 2 has them, which packaged such versions. Versions
 * that apk refuses have an order too: what follows the last valid part sorts before the end.
 */
export const apk: VersionScheme<ApkVersion> = {
  name: 'apk',
  aliases: ['alpine', 'wolfi', 'chainguard'],
  parse: (text) => {
    const version = read(text);
    return version?.valid ? version.tokens : undefined;
  },
  parseLoose: (text) => read(text)?.tokens,
  compare: (a, b) => orderOfLists(a, b, orderOfTokens),
};

function orderOfTokens(a: Token, b: Token): Order {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Undefined where nothing at all looks like the start of a version; not valid where apk refuses a part. */
function read(text: string): { tokens: ApkVersion; valid: boolean } | undefined {
  if (!/^[0-9a-z.][!-~]*$/.test(text)) return undefined;
  const tokens: Token[] = [];
  const body = readNumbers(text, tokens);
  const suffixes = readSuffixes(text, body.at, tokens);
  const hash = match(/~([0-9a-f]+)/y, text, suffixes);
  if (hash !== undefined) tokens.push({ kind: KIND.hash, value: hash[1] ?? '' });
  const revisionAt = suffixes + (hash?.[0].length ?? 0);
  const revision = match(/-r(\d*)/y, text, revisionAt);
  const junk = revisionAt + (revision?.[0].length ?? 0) < text.length;
  tokens.push({ kind: KIND.tail, value: numeral(revision?.[1] ?? '') });
  tokens.push({ kind: KIND.tail, value: junk ? 0 : 1 });
  tokens.push({ kind: KIND.tail, value: revision !== undefined && !junk ? 1 : 0 });
  return { tokens, valid: body.valid && !junk && revision?.[1] !== '' };
}

/** Reads numbers, letters and the digits behind letters; says where it stopped. */
function readNumbers(text: string, tokens: Token[]): { at: number; valid: boolean } {
  const first = match(/\d*/y, text, 0)?.[0] ?? '';
  tokens.push({ kind: KIND.number, value: numeral(first) });
  let valid = first !== '';
  let at = first.length;
  let afterLetter = false;
  for (;;) {
    const part = match(afterLetter ? /\d+/y : /\.(\d*)|[a-z]/y, text, at);
    if (part === undefined) return { at, valid };
    at += part[0].length;
    if (afterLetter) tokens.push({ kind: KIND.number, value: numeral(part[0]) });
    else if (part[1] === undefined) tokens.push({ kind: KIND.letter, value: part[0] });
    else tokens.push(numberToken(part[1]));
    valid &&= part[1] !== '';
    afterLetter = !afterLetter && part[1] === undefined;
  }
}

function numberToken(digits: string): Token {
  if (digits === '') return { kind: KIND.emptyNumber, value: 0 };
  if (digits.startsWith('0')) return { kind: KIND.zeroLedNumber, value: digits };
  return { kind: KIND.number, value: numeral(digits) };
}

function readSuffixes(text: string, start: number, tokens: Token[]): number {
  let at = start;
  for (;;) {
    const part = match(/_([a-z]+)(\d*)/y, text, at);
    const name = part?.[1] ?? '';
    const pre = PRE_SUFFIXES.indexOf(name);
    const post = POST_SUFFIXES.indexOf(name);
    if (part === undefined || (pre === -1 && post === -1)) return at;
    tokens.push(pre === -1 ? { kind: KIND.postSuffix, value: post } : { kind: KIND.preSuffix, value: pre });
    if (part[2] !== '') tokens.push({ kind: KIND.suffixNumber, value: numeral(part[2] ?? '') });
    at += part[0].length;
  }
}

/** What a sticky pattern finds exactly at a place. */
function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
