import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { ROOT } from './kit/source-tree.ts';

const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const validate = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ },
}).compile(read('docs/schema/scan-report.v1.json') as object);

/** The golden report is what the command line really printed (test/e2e/sample.test.ts). */
describe('the JSON Schema of the report', () => {
  it('holds for a real report', () => {
    validate(read('test/golden/sample.json.txt'));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['a missing member', (report: Report) => delete report['summary']],
    ['an unknown member', (report: Report) => Object.assign(report, { extra: 1 })],
    ['another version', (report: Report) => Object.assign(report, { schemaVersion: 2 })],
    [
      'a severity that is none',
      (report: Report) => Object.assign(report['findings']?.[0] ?? {}, { severity: 'bad' }),
    ],
    ['a shown finding without the field', (report: Report) => delete report['findings']?.[0]?.['shown']],
    [
      'a digest that is none',
      (report: Report) => Object.assign(report['subject'] ?? {}, { digest: 'sha256:1' }),
    ],
  ])('refuses %s', (_name, spoil) => {
    const report = read('test/golden/sample.json.txt') as Report;
    spoil(report);
    expect(validate(report)).toBe(false);
  });
});

interface Report {
  [name: string]: unknown;
  findings?: Record<string, unknown>[];
  subject?: Record<string, unknown>;
  summary?: unknown;
}
