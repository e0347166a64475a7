import { type Numeral, numeral, type Order, orderOf, orderOfPadded } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

/** Numbers and words; zeros at the end, and before the first word, are left out. */
type GemVersion = readonly (Numeral | string)[];

const SHAPE = /^\d+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** What RubyGems refuses for its shape (`1gamma`), but would have an order for. */
const LOOSE_SHAPE = /^\d[0-9a-zA-Z.-]*$/;

/** RubyGems: a word anywhere makes a pre-release, a hyphen too. Source: the documentation of `Gem::Version`. */
export const gem: VersionScheme<GemVersion> = {
  name: 'gem',
  aliases: ['rubygems', 'ruby'],
  parse: (text) => (SHAPE.test(text.trim()) ? segmentsOf(text.trim()) : undefined),
  parseLoose: (text) => (LOOSE_SHAPE.test(text.trim()) ? segmentsOf(text.trim()) : undefined),
  compare: (a, b) => orderOfPadded(a, b, 0, orderOfSegments),
};

function segmentsOf(text: string): GemVersion {
  const segments = text.replaceAll('-', '.pre.').match(/\d+|[a-zA-Z]+/g) ?? [];
  const parts = segments.map((part) => (/^\d/.test(part) ? numeral(part) : part));
  const firstWord = parts.findIndex((part) => typeof part === 'string');
  const numbers = firstWord === -1 ? parts : parts.slice(0, firstWord);
  return [...withoutZeros(numbers), ...withoutZeros(parts.slice(numbers.length))];
}

function withoutZeros(parts: GemVersion): GemVersion {
  return parts.slice(0, parts.findLastIndex((part) => part !== 0) + 1);
}

/** Words before numbers, and so before what is missing. */
function orderOfSegments(a: Numeral | string, b: Numeral | string): Order {
  if (typeof a === 'string') return typeof b === 'string' ? orderOf(a, b) : -1;
  return typeof b === 'string' ? 1 : orderOf(a, b);
}
