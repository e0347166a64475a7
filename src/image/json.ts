import { LIMITS, messageOf, PratiqueError } from '../kit/index.ts';

/**
 * Parses an untrusted JSON document. Throws LIMIT_EXCEEDED when it is larger than `maxBytes` or nested deeper than
 * LIMITS.jsonDepth (found by a linear scan before the parser recurses), and INPUT_INVALID for bytes that are
 * not UTF-8, text that is not JSON, and an object that names a member twice: readers disagree on which one counts.
 * Source: RFC 8259, sections 4, 8.1 and 9.
 */
export function parseJson(bytes: Uint8Array, where: string, maxBytes: number): unknown {
  if (bytes.length > maxBytes) {
    throw new PratiqueError('LIMIT_EXCEEDED', `the JSON document is larger than ${maxBytes} bytes`, {
      where,
    });
  }
  const text = decodeUtf8(bytes, where);
  scan(text, where);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PratiqueError('INPUT_INVALID', `this is not JSON: ${shorten(messageOf(error))}`, { where });
  }
}

function decodeUtf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PratiqueError('INPUT_INVALID', 'the JSON document is not UTF-8', { where });
  }
}

/** One open object or array: the member names seen so far, or undefined for an array. */
type Frame = Set<string> | undefined;

function scan(text: string, where: string): void {
  const open: Frame[] = [];
  let keyNext = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: {
        const end = closingQuote(text, i);
        if (keyNext) noteKey(open.at(-1), text.slice(i, end + 1), where);
        keyNext = false;
        i = end;
        break;
      }
      case 0x7b:
      case 0x5b: {
        const isObject = text.charCodeAt(i) === 0x7b;
        open.push(isObject ? new Set() : undefined);
        keyNext = isObject;
        if (open.length > LIMITS.jsonDepth) {
          const message = `the JSON document is nested deeper than ${LIMITS.jsonDepth} levels`;
          throw new PratiqueError('LIMIT_EXCEEDED', message, { where });
        }
        break;
      }
      case 0x7d:
      case 0x5d:
        open.pop();
        keyNext = false;
        break;
      case 0x2c:
        keyNext = open.at(-1) !== undefined;
        break;
    }
  }
}

/** The index of the quote that ends the string which begins at `start`; the last index where none does. */
function closingQuote(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22) return i;
  }
  return text.length - 1;
}

function noteKey(frame: Frame, quoted: string, where: string): void {
  if (frame === undefined) return;
  const key = quoted.includes('\\') ? unescaped(quoted) : quoted.slice(1, -1);
  if (frame.has(key)) {
    const message = `the JSON document names "${shorten(key)}" twice in one object`;
    throw new PratiqueError('INPUT_INVALID', message, { where });
  }
  frame.add(key);
}

/** Two spellings of one name are one name; a broken escape is left to the parser. */
function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
