import { languageMatcher } from '../language.ts';

/** Python packages. Names are normalised as the index does it. Source: PEP 503, "Normalized Names". */
export const pypiMatcher = languageMatcher({
  ecosystem: 'PyPI',
  purlType: 'pypi',
  scheme: 'pep440',
  name: (pkg) => pkg.name.toLowerCase().replace(/[-_.]+/g, '-'),
});
