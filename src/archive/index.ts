export * from './entry.ts';
export * from './window.ts';
export * from './zip.ts';
