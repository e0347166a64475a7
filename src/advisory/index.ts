export * from './database.ts';
export { openDatabase } from './database/open.ts';
export { defaultDatabasePath, defaultFeedsFolder } from './database/place.ts';
export * from './updater.ts';
