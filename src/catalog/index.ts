export { type CacheKey, cacheFolderOf, type LayerCache, openLayerCache } from './cache.ts';
export { type CatalogOptions, catalogImage } from './catalog-image.ts';
export type { Cataloger, CatalogFile, CatalogSink, FileStream, Route } from './cataloger.ts';
export { CATALOGERS } from './catalogers.ts';
export { type MergedEntry, mergedTree } from './coalesce.ts';
export type { ScanProgress } from './layers.ts';
export type { LayerRecord } from './record.ts';
export { compileRoutes, type Router } from './router.ts';
export { walkLayer } from './walk.ts';
