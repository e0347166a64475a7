export { type ExplainOptions, explain } from './explain.ts';
export type { Narrowing } from './narrow.ts';
export { type Scan, type ScanOptions, scanImage } from './scan.ts';
