export type { RegistryContext } from './context.ts';
export type { HelperRun, HelperRunner } from './docker-credential.ts';
export type { FetchedManifest } from './manifest.ts';
export { type ManifestHead, openRepository, type Repository } from './repository.ts';
export { createSession, type RegistrySession } from './session.ts';
