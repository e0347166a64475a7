export { openDatabase } from './database/open.ts';
export { defaultDatabasePath, defaultFeedsFolder } from './database/place.ts';
export * from './database.ts';
export * from './updater.ts';

/** Everything that makes databases, loaded only by who makes one: a scan needs none of it. */
export function loadBuilder(): Promise<typeof import('./builder.ts')> {
  return import('./builder.ts');
}
