import { styleText } from 'node:util';
import type { Severity } from '../model/index.ts';
import type { RenderOptions } from './reporter.ts';

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

/** Control characters made visible: what an image says of itself must not steer the reader's terminal. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
