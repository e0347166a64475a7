import { LIMITS, PratiqueError } from '../kit/index.ts';

/** One member found at the depth asked for: the keys that lead to it, outermost first, and its text. */
export interface JsonMember {
  readonly path: readonly string[];
  readonly text: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Streams a JSON object of objects: yields every member at `depth` (1 is the document's own members), with memory
 * bounded by the largest of them. Everything above must be objects. The text of a member is not checked here:
 * parsing it is the caller's. Throws FEED_INVALID (not JSON, cut off), LIMIT_EXCEEDED (a member too large).
 */
export async function* jsonMembers(
  content: AsyncIterable<Uint8Array>,
  depth: number,
  maxMemberBytes: number = LIMITS.feedRecordBytes,
): AsyncGenerator<JsonMember> {
  const splitter = new MemberSplitter(depth, maxMemberBytes);
  for await (const chunk of content) yield* splitter.push(chunk);
  splitter.end();
}

/** A push parser that knows only strings, brackets, colons and commas; one byte of state per open level. */
class MemberSplitter {
  readonly #depth: number;
  readonly #maxBytes: number;
  readonly #path: string[] = [];
  /** Open brackets, outermost first; never longer than LIMITS.jsonDepth. */
  readonly #open: number[] = [];
  #inString = false;
  #escaped = false;
  #started = false;
  #expect: 'first-key' | 'key' | 'colon' | 'value' | 'next' = 'value';
  /** The bytes of the key or the member being read, from earlier chunks. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Where in the current chunk the key or member being read begins; -1 when none is. */
  #from = -1;

  constructor(depth: number, maxBytes: number) {
    this.#depth = depth;
    this.#maxBytes = maxBytes;
  }

  *push(chunk: Uint8Array): Generator<JsonMember> {
    if (this.#from !== -1) this.#from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#inString) {
        at = this.#string(chunk, at);
        continue;
      }
      if (byte <= 0x20) continue;
      const member = this.#structure(chunk, at, byte);
      if (member !== undefined) yield member;
    }
    if (this.#from !== -1) this.#hold(chunk.subarray(this.#from));
  }

  end(): void {
    if (!this.#started || this.#open.length > 0 || this.#inString) throw invalid('it ends too early');
  }

  /** Runs to the end of the string or of the chunk; gives the place of the last byte used. */
  #string(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      if (this.#escaped) {
        this.#escaped = false;
        continue;
      }
      const byte = chunk[at];
      if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        if (this.#expect === 'key' || this.#expect === 'first-key') this.#keyEnd(chunk, at);
        return at;
      }
    }
    return chunk.length;
  }

  #keyEnd(chunk: Uint8Array, at: number): void {
    this.#path[this.#open.length - 1] = parsedKey(this.#take(chunk, at + 1));
    this.#expect = 'colon';
  }

  #structure(chunk: Uint8Array, at: number, byte: number): JsonMember | undefined {
    const level = this.#open.length;
    if (level > this.#depth) return this.#inside(byte);
    if (level === this.#depth && this.#expect === 'value' && this.#from === -1) this.#from = at;
    if (level === this.#depth && this.#from !== -1 && this.#expect === 'value') {
      return this.#value(chunk, at, byte);
    }
    return this.#above(at, byte);
  }

  /** Within a member: only the nesting matters. */
  #inside(byte: number): undefined {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#enter(byte);
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#leave(byte);
    return undefined;
  }

  /** A member at its own level: it ends at the comma or brace that follows it. */
  #value(chunk: Uint8Array, at: number, byte: number): JsonMember | undefined {
    if (byte === COMMA || byte === CLOSE_BRACE) {
      const text = this.#take(chunk, at);
      if (text.trim() === '') throw invalid('a member has no value');
      const member = { path: this.#path.slice(0, this.#depth), text };
      if (byte === COMMA) this.#expect = 'key';
      else this.#close();
      return member;
    }
    return this.#inside(byte);
  }

  /** Between the members of the objects above and at the depth asked for. */
  #above(at: number, byte: number): undefined {
    if (this.#expect === 'value' && byte === OPEN_BRACE && !(this.#started && this.#open.length === 0)) {
      this.#started = true;
      this.#enter(byte);
      this.#expect = 'first-key';
    } else if ((this.#expect === 'key' || this.#expect === 'first-key') && byte === QUOTE) {
      this.#inString = true;
      this.#from = at;
    } else if (this.#expect === 'first-key' && byte === CLOSE_BRACE) this.#close();
    else if (this.#expect === 'colon' && byte === COLON) this.#expect = 'value';
    else if (this.#expect === 'next' && byte === COMMA && this.#open.length > 0) this.#expect = 'key';
    else if (this.#expect === 'next' && byte === CLOSE_BRACE) this.#close();
    else throw invalid('it is not an object of objects');
    return undefined;
  }

  #close(): void {
    this.#leave(CLOSE_BRACE);
    this.#expect = 'next';
  }

  #enter(byte: number): void {
    if (this.#open.length >= LIMITS.jsonDepth) throw invalid(`it is nested deeper than ${LIMITS.jsonDepth}`);
    this.#open.push(byte);
  }

  #leave(byte: number): void {
    const opened = this.#open.pop();
    const fits = byte === CLOSE_BRACE ? opened === OPEN_BRACE : opened === OPEN_BRACKET;
    if (!fits) throw invalid('its brackets do not match');
  }

  #hold(part: Uint8Array): void {
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#maxBytes) {
      throw new PratiqueError('LIMIT_EXCEEDED', `a record is larger than ${this.#maxBytes} bytes`);
    }
    // The producer may reuse its buffer.
    this.#held.push(part.slice());
  }

  #take(chunk: Uint8Array, end: number): string {
    this.#hold(chunk.subarray(this.#from, end));
    const text = Buffer.concat(this.#held, this.#heldBytes).toString('utf8');
    this.#held = [];
    this.#heldBytes = 0;
    this.#from = -1;
    return text;
  }
}

function parsedKey(text: string): string {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === 'string') return key;
  } catch {
    // Falls through: a key that JSON refuses.
  }
  throw invalid('a key is not a string');
}

function invalid(what: string): PratiqueError {
  return new PratiqueError('FEED_INVALID', `the file is not valid JSON: ${what}`);
}
