import type { Story } from '../model/index.ts';
import type { Reporter } from './reporter.ts';
import type { ScanReport } from './scan-report.ts';

/** The whole report as JSON, indented by two. Schema: docs/schema/scan-report.v1.json. */
export const jsonReporter: Reporter = {
  name: 'json',
  mediaType: 'application/json',
  render: (report: ScanReport) => `${JSON.stringify(report, null, 2)}\n`,
  renderStory: (story: Story) => `${JSON.stringify(story, null, 2)}\n`,
};
