export { type ExportManifest, exportDatabase, importDatabase } from './database/exchange.ts';
export {
  buildDatabase,
  type FeedProblem,
  type UpdateOptions,
  type UpdateResult,
  updateDatabase,
} from './database/update.ts';
export { UPDATERS } from './updaters.ts';
