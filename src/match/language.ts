import type { Package } from '../model/index.ts';
import type { LookUp, Matcher } from './matcher.ts';

export interface LanguageEcosystem {
  /** The name of the ecosystem in OSV. Source: OSV schema, "Defined ecosystems". */
  readonly ecosystem: string;
  readonly purlType: string;
  readonly scheme: string;
  /** The package's name as the ecosystem's advisories write it. */
  name(pkg: Package): string;
}

/** A matcher for a language ecosystem: one key for all versions of the registry, upstream's own version numbers. */
export function languageMatcher(spec: LanguageEcosystem): Matcher {
  return {
    name: spec.purlType,
    purlTypes: [spec.purlType],
    kind: 'language',
    scheme: spec.scheme,
    listsUnfixed: true,
    ecosystem: () => spec.ecosystem,
    lookUp: (pkg): LookUp => ({ name: spec.name(pkg), version: pkg.version }),
  };
}
