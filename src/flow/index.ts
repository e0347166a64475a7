export type { Narrowing } from './narrow.ts';
export { type Scan, type ScanOptions, scanImage } from './scan.ts';
export { explain, type ExplainOptions } from './explain.ts';
