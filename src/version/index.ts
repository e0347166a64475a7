export * from './compare.ts';
export type { Order } from './order.ts';
export * from './scheme.ts';
export * from './schemes.ts';
