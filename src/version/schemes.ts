import { LIMITS } from '../kit/index.ts';
import type { VersionScheme } from './scheme.ts';
import { apk } from './schemes/apk.ts';
import { composer } from './schemes/composer.ts';
import { deb } from './schemes/deb.ts';
import { gem } from './schemes/gem.ts';
import { golang } from './schemes/golang.ts';
import { maven } from './schemes/maven.ts';
import { nuget } from './schemes/nuget.ts';
import { pep440 } from './schemes/pep440.ts';
import { rpm } from './schemes/rpm.ts';
import { semver } from './schemes/semver.ts';

/** THE LIST of version schemes. */
export const SCHEMES: readonly VersionScheme[] = [
  deb,
  apk,
  rpm,
  semver,
  pep440,
  golang,
  maven,
  gem,
  nuget,
  composer,
].map(bounded);

const BY_NAME: ReadonlyMap<string, VersionScheme> = new Map(
  SCHEMES.flatMap((scheme) =>
    [scheme.name, ...(scheme.aliases ?? [])].map((name) => [name, scheme] as const),
  ),
);

/** The scheme of that name or alias, in any case; undefined when there is none. */
export function schemeOf(name: string): VersionScheme | undefined {
  return BY_NAME.get(name) ?? BY_NAME.get(name.toLowerCase());
}

/** A version longer than any real one does not parse; so no scheme needs a bound of its own. */
function bounded(scheme: VersionScheme): VersionScheme {
  const guard = (parse: VersionScheme['parse']): VersionScheme['parse'] => {
    return (text) => (text.length > LIMITS.versionChars ? undefined : parse(text));
  };
  const { parse, parseLoose } = scheme;
  return {
    ...scheme,
    parse: guard(parse),
    ...(parseLoose === undefined ? {} : { parseLoose: guard(parseLoose) }),
  };
}
