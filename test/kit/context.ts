import type { SourceContext } from '../../src/image/index.ts';
import { silentLog } from '../../src/kit/index.ts';
import { parsePlatform } from '../../src/model/index.ts';

/** What a source is given in tests: no environment, a clock that stands still, no network. */
export function contextOf(platform?: string, more: Partial<SourceContext> = {}): SourceContext {
  const wanted = platform === undefined ? undefined : parsePlatform(platform);
  return {
    env: {},
    clock: () => 1_700_000_000_000,
    log: silentLog,
    offline: true,
    insecureRegistries: [],
    ...(wanted === undefined ? {} : { platform: wanted }),
    ...more,
  };
}

export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
