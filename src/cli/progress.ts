import type { ScanProgress } from '../catalog/index.ts';
import type { Output } from './io.ts';

const REDRAW_MS = 100;

/** One line on a terminal, redrawn in place: layers done and bytes read. Nothing at all anywhere else. */
export function progressLine(
  out: Output,
  quiet: boolean,
): { update?: (progress: ScanProgress) => void; clear(): void } {
  if (quiet || out.isTTY !== true) return { clear: () => undefined };
  let drawnAt = 0;
  let drawn = false;
  return {
    update: ({ layer, layers, bytes, totalBytes }) => {
      const now = Date.now();
      if (now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      drawn = true;
      out.write(
        `\r\u001b[K  ${layer} of ${layers} layers done, ${megabytes(bytes)} of ${megabytes(totalBytes)}`,
      );
    },
    clear: () => {
      if (drawn) out.write('\r\u001b[K');
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
