import { styleText } from 'node:util';
import type { Severity } from '../model/index.ts';
import type { RenderOptions } from './reporter.ts';

export { plainText as plain } from '../kit/index.ts';

type Look = Parameters<typeof styleText>[0];

const SEVERITY_LOOK: Record<Severity, Look> = {
  critical: ['bold', 'white', 'bgRed'],
  high: ['bold', 'red'],
  medium: 'yellow',
  low: 'cyan',
  negligible: 'gray',
  unknown: 'magenta',
};

/** Colours and links for a terminal, or plain text: text from an image can never bring its own escapes. */
export interface Style {
  look(look: Look, text: string): string;
  severity(severity: Severity, text?: string): string;
  /** An OSC 8 hyperlink where the terminal takes it, else the text alone. */
  link(url: string | undefined, text: string): string;
}

export function styleOf(options: RenderOptions): Style {
  const look = (look: Look, text: string): string =>
    options.color ? styleText(look, text, { validateStream: false }) : text;
  return {
    look,
    severity: (severity, text = severity) => look(SEVERITY_LOOK[severity], text),
    link: (url, text) => {
      if (!options.links || url === undefined || !/^https?:\/\/[!-~]+$/.test(url)) return text;
      return `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
    },
  };
}
