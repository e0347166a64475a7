export { explain } from './explain.ts';
export type { Narrowing } from './narrow.ts';
export { scanImage } from './scan.ts';
