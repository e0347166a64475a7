import { languageMatcher } from '../language.ts';

/**
 * Go modules by their path, and the standard library as `stdlib`. The order of versions knows both writings, with
 * and without the leading `v`. Source: go.dev/doc/security/vuln/database, "Schema".
 */
export const golangMatcher = languageMatcher({
  ecosystem: 'Go',
  purlType: 'golang',
  scheme: 'golang',
  name: ({ namespace, name }) =>
    namespace === undefined || namespace === '' ? name : `${namespace}/${name}`,
});
