export type { RenderOptions, Reporter } from './reporter.ts';
export { REPORTERS, reporterOf } from './reporters.ts';
export type * from './scan-report.ts';
