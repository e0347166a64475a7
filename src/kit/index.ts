export * from './canonical-json.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './files.ts';
export * from './limits.ts';
export * from './log.ts';
export * from './pool.ts';
