/** One way of proving who one is, as a server offers it. `scheme` and the parameters' names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A whole header field is at most so long; longer ones count as not understood. */
const MAX_CHARS = 8_192;

/**
 * Parses `WWW-Authenticate`, several challenges in one field included; what does not fit the grammar is skipped.
 * One pass, so that no text can make it slow. Source: RFC 9110 section 11.6.1.
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  if (header === undefined || header.length > MAX_CHARS) return [];
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  const text = new Cursor(header);
  while (!text.done()) {
    text.skip(' \t,');
    const word = text.token();
    if (word === '') {
      text.step();
      continue;
    }
    const gap = text.skip(' \t');
    if (text.at() === '=' && found.length > 0) {
      text.step();
      text.skip(' \t');
      const value = text.at() === '"' ? text.quoted() : text.token();
      const last = found.at(-1);
      if (last !== undefined) last.parameters[word.toLowerCase()] ??= value;
    } else if (gap > 0 || text.done() || text.at() === ',') {
      found.push({ scheme: word.toLowerCase(), parameters: Object.create(null) as Record<string, string> });
    }
  }
  return found;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z/:-]/;

class Cursor {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  done(): boolean {
    return this.#position >= this.#text.length;
  }

  at(): string {
    return this.#text.charAt(this.#position);
  }

  step(): void {
    this.#position++;
  }

  skip(characters: string): number {
    const from = this.#position;
    while (!this.done() && characters.includes(this.at())) this.#position++;
    return this.#position - from;
  }

  /** Also takes `/` and `:`, which sloppy servers leave unquoted in realms. */
  token(): string {
    const from = this.#position;
    while (!this.done() && TOKEN.test(this.at())) this.#position++;
    return this.#text.slice(from, this.#position);
  }

  /** A quoted string with its backslash pairs; one that never ends goes to the end. */
  quoted(): string {
    let value = '';
    this.step();
    while (!this.done() && this.at() !== '"') {
      if (this.at() === '\\') this.step();
      value += this.at();
      this.step();
    }
    this.step();
    return value;
  }
}
