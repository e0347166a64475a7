/** Where a log line goes: constant message, data as attributes. Values that look secret are redacted. */
export interface Log {
  debug(message: string, data?: Record<string, unknown>): void;
  warn(message: string, data?: Record<string, unknown>): void;
}

export const silentLog: Log = { debug: () => undefined, warn: () => undefined };

const SECRET_KEY = /pass(word|wd)?|secret|token|authorization|credential|cookie|apikey|api_key/i;
const URL_USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi;
const BEARER = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g;

/** A log that writes one line each to `write`; `debug` lines only when `verbose`. */
export function lineLog(write: (line: string) => void, verbose: boolean): Log {
  const line = (level: string, message: string, data: Record<string, unknown> = {}): void => {
    const pairs = Object.entries(data).map(([key, value]) => `${key}=${redact(key, value)}`);
    write(plainText([level, message, ...pairs].join(' ')));
  };
  return {
    debug: (message, data) => (verbose ? line('debug', message, data) : undefined),
    warn: (message, data) => line('warn', message, data),
  };
}

function redact(key: string, value: unknown): string {
  if (SECRET_KEY.test(key)) return '***';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return redactText(text ?? 'undefined');
}

/** Takes user info out of URLs and tokens out of headers. */
export function redactText(text: string): string {
  return text.replace(URL_USERINFO, '$1***@').replace(BEARER, '$1 ***');
}

/** Control characters made visible: what an image or a server says must not steer the reader's terminal. */
export function plainText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
