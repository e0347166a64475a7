import { languageMatcher } from '../language.ts';

/** npm packages; a scope is part of the name: `@babel/core`. */
export const npmMatcher = languageMatcher({
  ecosystem: 'npm',
  purlType: 'npm',
  scheme: 'semver',
  name: (pkg) => {
    if (pkg.namespace === undefined || pkg.namespace === '') return pkg.name;
    const scope = pkg.namespace.startsWith('@') ? pkg.namespace : `@${pkg.namespace}`;
    return `${scope}/${pkg.name}`;
  },
});
