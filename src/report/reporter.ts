import type { Story } from '../model/index.ts';
import type { ScanReport } from './scan-report.ts';

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal; absent when it is none. */
  readonly width?: number;
  /** OSC 8 hyperlinks. */
  readonly links: boolean;
  /** Hidden findings too. */
  readonly showAll: boolean;
}

/** One output format. `render` is pure; the whole text ends with a newline. */
export interface Reporter {
  readonly name: string;
  readonly mediaType: string;
  render(report: ScanReport, options: RenderOptions): string;
  renderStory?(story: Story, options: RenderOptions): string;
}
