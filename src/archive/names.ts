import { isUtf8 } from 'node:buffer';

/** Each byte that is no UTF-8 becomes one character of this private range; the range itself is escaped likewise. */
const ESCAPE_BASE = 0xef00;
const ESCAPED = /[\uEF80-\uEFFF]/;

/**
 * A member's name as text. File names are bytes; two different names never become the same text (a byte 0xNN that
 * is no UTF-8 becomes U+EFNN, as in OPTU-8), and the text is always well-formed Unicode.
 */
export function decodeName(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (isUtf8(buffer)) return ESCAPED.test(text) ? decodeSlowly(buffer) : text;
  return decodeSlowly(buffer);
}

function decodeSlowly(bytes: Buffer): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0);
    const part = bytes.subarray(at, at + length);
    const character = part.toString('utf8');
    const whole = part.length === length && isUtf8(part) && !ESCAPED.test(character);
    text += whole ? character : escaped(part[0] ?? 0);
    at += whole ? length : 1;
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0xc2) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function escaped(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(ESCAPE_BASE + byte);
}
