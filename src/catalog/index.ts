export { type LayerCache, openLayerCache } from './cache.ts';
export { catalogImage } from './catalog-image.ts';
export type { Cataloger } from './cataloger.ts';
export { CATALOGERS } from './catalogers.ts';
export { mergedTree } from './coalesce.ts';
export type { ScanProgress } from './layers.ts';
export type { LayerRecord } from './record.ts';
export { compileRoutes } from './router.ts';
export { walkLayer } from './walk.ts';
