/** What is learnt about registries and kept while a program runs: tokens, and how to reach a host. */
export interface RegistrySession {
  /** By realm, service, scope and credential source. */
  readonly tokens: Map<string, { readonly token: string; readonly untilMs: number }>;
  /** `https://host` or `http://host`, by registry. */
  readonly bases: Map<string, string>;
}

export function createSession(): RegistrySession {
  return { tokens: new Map(), bases: new Map() };
}
