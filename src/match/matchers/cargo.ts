import { languageMatcher } from '../language.ts';

/** Rust crates, by their name on crates.io. */
export const cargoMatcher = languageMatcher({
  ecosystem: 'crates.io',
  purlType: 'cargo',
  scheme: 'semver',
  name: (pkg) => pkg.name,
});
