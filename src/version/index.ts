export * from './compare.ts';
export * from './scheme.ts';
export * from './schemes.ts';
