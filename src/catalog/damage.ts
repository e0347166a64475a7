import type { CatalogSink } from './cataloger.ts';

/**
 * Counts what is wrong in one package list and says it once a kind, however often a hostile file repeats it.
 * Each is `unknown: true`: the list names fewer packages than there are.
 */
export class Damage {
  readonly #list: string;
  readonly #found = new Map<string, { readonly words: string; count: number }>();

  /** `list` names it for the message: `package list of dpkg`. */
  constructor(list: string) {
    this.#list = list;
  }

  /** `line` counts from 1; `name` is the package that it is about, if one is known. */
  add(
    code: 'damaged-package-list' | 'package-without-name' | 'package-without-version',
    line: number,
    name = '',
  ): void {
    const known = this.#found.get(code);
    if (known !== undefined) known.count += 1;
    else
      this.#found.set(code, {
        words: `${WORDS[code]} at line ${line}${name === '' ? '' : ` (${name})`}`,
        count: 1,
      });
  }

  report(path: string, out: CatalogSink): void {
    for (const [code, { words, count }] of this.#found) {
      const more = count === 1 ? '' : `, and ${count - 1} more`;
      out.diagnostic({ code, message: `the ${this.#list} has ${words}${more}`, unknown: true, where: path });
    }
  }
}

const WORDS = {
  'damaged-package-list': 'a line that is no field',
  'package-without-name': 'an entry without a name',
  'package-without-version': 'an entry without a version',
} as const;
