import { type Numeral, numeral, type Order, orderOf, orderOfLists, orderOfPadded } from '../order.ts';
import type { VersionScheme } from '../scheme.ts';

interface Pep440Version {
  readonly epoch: Numeral;
  readonly release: readonly Numeral[];
  /** Phase and number: the phases are below; a lone development release comes before all pre-releases. */
  readonly phase: number;
  readonly preNumber: Numeral;
  /** -1 without a post-release. */
  readonly post: Numeral;
  /** Infinity without a development release. */
  readonly dev: Numeral;
  /** Undefined without a local version, which comes before any. */
  readonly local: readonly (Numeral | string)[] | undefined;
}

/** What is not PEP 440 but was once uploaded: ordered part by part, before all that is. */
interface LegacyVersion {
  readonly legacy: readonly string[];
}

const PHASE_DEV_ONLY = -1;
const PHASE_FINAL = 3;
const PHASES: Readonly<Record<string, number>> = {
  a: 0,
  alpha: 0,
  b: 1,
  beta: 1,
  c: 2,
  rc: 2,
  pre: 2,
  preview: 2,
};

/**
 * Python's versions. Source: PEP 440, "Summary of permitted suffixes and relative ordering" and appendix B. What is
 * not PEP 440 (`2004d`, `1.0-SNAPSHOT`) is ordered as setuptools did before there was PEP 440.
 */
export const pep440: VersionScheme<Pep440Version | LegacyVersion> = {
  name: 'pep440',
  aliases: ['pypi', 'python'],
  parse: (text) => parse(text.trim().toLowerCase()),
  parseLoose: (text) => parseLegacy(text.trim().toLowerCase()),
  compare,
};

const SHAPE =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

function parse(text: string): Pep440Version | undefined {
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [
    ,
    epoch = '',
    release = '',
    pre,
    preNumber = '',
    bare,
    post,
    postNumber = '',
    dev,
    devNumber = '',
    local,
  ] = parts;
  const isPost = bare !== undefined || post !== undefined;
  return {
    epoch: numeral(epoch),
    release: release.split('.').map(numeral),
    phase:
      pre !== undefined ? (PHASES[pre] ?? 0) : dev !== undefined && !isPost ? PHASE_DEV_ONLY : PHASE_FINAL,
    preNumber: numeral(preNumber),
    post: isPost ? numeral(bare ?? postNumber) : -1,
    dev: dev === undefined ? Number.POSITIVE_INFINITY : numeral(devNumber),
    local: local?.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? numeral(part) : part)),
  };
}

function compare(a: Pep440Version | LegacyVersion, b: Pep440Version | LegacyVersion): Order {
  if ('legacy' in a) return 'legacy' in b ? orderOfLists(a.legacy, b.legacy, orderOf) : -1;
  if ('legacy' in b) return 1;
  return (
    orderOf(a.epoch, b.epoch) ||
    orderOfPadded(a.release, b.release, 0, orderOf) ||
    orderOf(a.phase, b.phase) ||
    orderOf(a.preNumber, b.preNumber) ||
    orderOf(a.post, b.post) ||
    orderOf(a.dev, b.dev) ||
    orderOfLocals(a.local, b.local)
  );
}

function orderOfLocals(a: Pep440Version['local'], b: Pep440Version['local']): Order {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return orderOfLists(a, b, orderOfLocalParts);
}

/** Words before numbers. */
function orderOfLocalParts(a: Numeral | string, b: Numeral | string): Order {
  if (typeof a === 'string') return typeof b === 'string' ? orderOf(a, b) : -1;
  return typeof b === 'string' ? 1 : orderOf(a, b);
}

function parseLegacy(text: string): LegacyVersion | undefined {
  return /^\S+$/.test(text) ? { legacy: legacyParts(text) } : undefined;
}

const LEGACY_WORDS: Readonly<Record<string, string>> = {
  pre: 'c',
  preview: 'c',
  '-': 'final-',
  rc: 'c',
  dev: '@',
};
const FINAL = '*final';
const FINAL_DASH = '*final-';
const ZERO = '00000000';

/**
 * Numbers as text of eight digits at least, words with an asterisk so that they sort before numbers; words below
 * `final` swallow the dash before them, and every word the zeros. Source: setuptools before 8.0,
 * `pkg_resources.parse_version`.
 */
function legacyParts(text: string): readonly string[] {
  const result: string[] = [];
  const raw = text.split(/(\d+|[a-z]+|\.|-)/).filter((part) => part !== '' && part !== '.');
  for (const part of [...raw.map(legacyPart), FINAL]) {
    if (part.startsWith('*')) {
      if (part < FINAL) while (result.at(-1) === FINAL_DASH) result.pop();
      while (result.at(-1) === ZERO) result.pop();
    }
    result.push(part);
  }
  return result;
}

function legacyPart(part: string): string {
  return /^\d/.test(part) ? part.padStart(8, '0') : `*${LEGACY_WORDS[part] ?? part}`;
}
