export * from './compression.ts';
export * from './decompress.ts';
export * from './entry.ts';
export * from './names.ts';
export * from './path.ts';
export * from './tar.ts';
export * from './window.ts';
export * from './zip.ts';
