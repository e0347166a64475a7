import { explainFinding } from '../match/index.ts';
import type { Story } from '../model/index.ts';
import { type ScanOptions, scanImage } from './scan.ts';

export interface ExplainOptions extends ScanOptions {
  readonly databasePath: string;
  /** Any id of the vulnerability. */
  readonly id: string;
  /** Name or purl; all packages concerned when absent. */
  readonly packageName?: string;
}

/** Scans the image and tells the story of one vulnerability in it. Throws as `scanImage` does. */
export async function explain(options: ExplainOptions): Promise<{ story: Story; complete: boolean }> {
  const scan = await scanImage(options);
  try {
    const { catalog, database, report } = scan;
    if (database === undefined) throw new TypeError('explain always opens a database');
    const { id, packageName } = options;
    const story = explainFinding({
      id,
      catalog,
      database,
      findings: report.findings,
      ...(packageName === undefined ? {} : { packageName }),
    });
    return { story, complete: report.summary.complete };
  } finally {
    await scan.close();
  }
}
