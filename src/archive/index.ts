export * from './compression.ts';
export * from './decompress.ts';
export * from './entry.ts';
export * from './window.ts';
export * from './zip.ts';
