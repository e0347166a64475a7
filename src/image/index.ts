export * from './config.ts';
export * from './image.ts';
export * from './manifest.ts';
export * from './platform.ts';
export * from './resolve.ts';
export * from './sources.ts';
export * from './validate.ts';
export * from './verify.ts';
