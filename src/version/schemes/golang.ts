import { numeral } from '../order.ts';
import { identifiersOf, orderOfPrecedence, type Precedence } from '../precedence.ts';
import type { VersionScheme } from '../scheme.ts';

/**
 * Module versions (`v1.2.3`, pseudo-versions, `+incompatible`; the `v` may be missing, as in OSV) and toolchain
 * versions (`go1.23.1`, `1.23rc1`) in one order, so that the standard library's advisories, which write
 * `1.23.0-rc.1`, apply to both. Sources: go.dev/ref/mod, "Versions"; go.dev/doc/toolchain, "Go versions".
 */
export const golang: VersionScheme<Precedence> = {
  name: 'golang',
  aliases: ['go', 'stdlib'],
  parse: (text) => parseToolchain(text) ?? parseModule(text),
  compare: orderOfPrecedence,
};

const MODULE =
  /^v?((?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?)?)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;
const TOOLCHAIN = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:([a-z]+)(\d*))?$/;
const PRE_RELEASE = /^(?:alpha|beta|rc)$/;

function parseModule(text: string): Precedence | undefined {
  const parts = MODULE.exec(text);
  if (parts === null) return undefined;
  const pre = parts[2] === undefined ? undefined : identifiersOf(parts[2]);
  if (parts[2] !== undefined && pre === undefined) return undefined;
  return { numbers: (parts[1] ?? '').split('.').map(numeral), pre };
}

/**
 * `go1.23.1`, with whatever a vendor wrote behind it (`-suffix`, ` X:experiment`) left out; without `go` only what
 * no module version looks like: `1.23rc1`, and the language version `1.23`. From 1.21 on a version without its
 * third number is the language version, which comes before its own release candidates; that is `1.23.0-0`.
 */
function parseToolchain(text: string): Precedence | undefined {
  const named = /^(?:devel )?go(?=\d)/.exec(text);
  const bare = named === null ? text : (text.slice(named[0].length).split(/[- ]/, 1)[0] ?? '');
  const parts = TOOLCHAIN.exec(bare);
  if (parts === null) return undefined;
  const [, major = '', minor = '', patch, kind, count = ''] = parts;
  if (named === null && !(kind === undefined ? patch === undefined : PRE_RELEASE.test(kind)))
    return undefined;
  const numbers = [major, minor, patch ?? ''].map(numeral);
  if (kind !== undefined) return { numbers, pre: count === '' ? [kind] : [kind, numeral(count)] };
  const language = patch === undefined && (named !== null || major === '1') && numeral(minor) >= 21;
  return { numbers, pre: language ? [0] : undefined };
}
