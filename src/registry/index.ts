export type { RegistryContext } from './context.ts';
export { openRepository, type Repository } from './repository.ts';
export { createSession, type RegistrySession } from './session.ts';
