import { type Order, orderOf } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

interface DebVersion {
  readonly epoch: number;
  readonly upstream: string;
  /** Empty when there is none, which equals "0". */
  readonly revision: string;
}

/** The largest epoch that dpkg reads. */
const EPOCH_MAX = 2_147_483_647;

/** Source: deb-version(7), and dpkg's own refusals; what dpkg only warns about is ordered as dpkg orders it. */
export const deb: VersionScheme<DebVersion> = {
  name: 'deb',
  aliases: ['debian', 'ubuntu', 'dpkg'],
  parse,
  compare: (a, b) =>
    orderOf(a.epoch, b.epoch) || orderOfParts(a.upstream, b.upstream) || orderOfParts(a.revision, b.revision),
};

function parse(text: string): DebVersion | undefined {
  const trimmed = text.trim();
  if (!/^[!-~]+$/.test(trimmed)) return undefined;
  const colon = trimmed.indexOf(':');
  const epochText = colon === -1 ? '0' : trimmed.slice(0, colon);
  if (!/^\+?\d+$/.test(epochText) || Number(epochText) > EPOCH_MAX) return undefined;
  const rest = trimmed.slice(colon + 1);
  // Upstream versions may hold hyphens themselves: only the last one starts the revision.
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen === -1 ? rest : rest.slice(0, hyphen);
  const revision = hyphen === -1 ? '' : rest.slice(hyphen + 1);
  if (upstream === '' || (hyphen !== -1 && revision === '')) return undefined;
  return { epoch: Number(epochText), upstream, revision };
}

/** Runs of other characters and runs of digits by turns, from the left. */
function orderOfParts(a: string, b: string): Order {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (startsText(a, i) || startsText(b, j)) {
      const difference = weight(a, i) - weight(b, j);
      if (difference !== 0) return difference < 0 ? -1 : 1;
      i++;
      j++;
    }
    const endA = digitsEnd(a, i);
    const endB = digitsEnd(b, j);
    const order = orderOfDigits(a.slice(i, endA), b.slice(j, endB));
    if (order !== 0) return order;
    i = endA;
    j = endB;
  }
  return 0;
}

function startsText(text: string, at: number): boolean {
  return at < text.length && !isDigit(text.charCodeAt(at));
}

/** A tilde sorts before the end, the end before letters, letters before all else. */
function weight(text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = text.charCodeAt(at);
  if (isDigit(code)) return 0;
  if (code === 0x7e) return -1;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? code : code + 256;
}

function digitsEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

function orderOfDigits(a: string, b: string): Order {
  const left = withoutZeros(a);
  const right = withoutZeros(b);
  return orderOf(left.length, right.length) || orderOf(left, right);
}

function withoutZeros(digits: string): string {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === 0x30) start++;
  return start === 0 ? digits : digits.slice(start);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
