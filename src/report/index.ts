export type { Reporter, RenderOptions } from './reporter.ts';
export { REPORTERS, reporterOf } from './reporters.ts';
export type * from './scan-report.ts';
