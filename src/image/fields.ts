import { PratiqueError } from '../kit/index.ts';

/**
 * One JSON object of a format, read member by member. Absent and `null` are the same, as in Go, in which the
 * formats were written. A member of the wrong type throws INPUT_INVALID that names object and member. So does
 * a member whose name differs from a known one by case only: Go's decoder takes it, others do not, and an image
 * must not mean two things.
 */
export class Fields {
  readonly what: string;
  readonly where: string;
  /** As parsed. */
  readonly raw: unknown;
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(value: unknown, what: string, where: string, known: readonly string[] = []) {
    this.what = what;
    this.where = where;
    this.raw = value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.wrong(`${what} is ${kindOf(value)} where an object is wanted`);
    }
    this.#members = value as Record<string, unknown>;
    this.#refuseLookAlikes(known);
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  string(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#mistyped(key, value, 'a string');
  }

  /** A whole number from 0 on. */
  count(key: string): number | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#mistyped(key, value, 'a whole number from 0 on');
  }

  boolean(key: string): boolean {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'boolean') return value === true;
    throw this.#mistyped(key, value, 'true or false');
  }

  /** Empty where absent. */
  list(key: string): readonly unknown[] {
    const value = this.#get(key);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    throw this.#mistyped(key, value, 'a list');
  }

  strings(key: string): readonly string[] {
    return this.list(key).map((value) => {
      if (typeof value === 'string') return value;
      throw this.#mistyped(key, value, 'a list of strings');
    });
  }

  /** Names to strings; empty where absent. */
  map(key: string): Readonly<Record<string, string>> {
    const value = this.#get(key);
    if (value === undefined) return {};
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#mistyped(key, value, 'an object of strings');
    }
    for (const member of Object.values(value)) {
      if (typeof member !== 'string') throw this.#mistyped(key, member, 'an object of strings');
    }
    return value as Record<string, string>;
  }

  object(key: string, what: string, known: readonly string[] = []): Fields | undefined {
    const value = this.#get(key);
    return value === undefined ? undefined : new Fields(value, what, this.where, known);
  }

  wrong(message: string, hint?: string): PratiqueError {
    return new PratiqueError('INPUT_INVALID', message, { where: this.where, hint });
  }

  #get(key: string): unknown {
    if (!Object.hasOwn(this.#members, key)) return undefined;
    return this.#members[key] ?? undefined;
  }

  #mistyped(key: string, value: unknown, wanted: string): PratiqueError {
    return this.wrong(`"${key}" of ${this.what} is or holds ${kindOf(value)} where ${wanted} is wanted`);
  }

  #refuseLookAlikes(known: readonly string[]): void {
    const folded = new Set(known.map((key) => key.toLowerCase()));
    for (const key of Object.keys(this.#members)) {
      if (folded.has(key.toLowerCase()) && !known.includes(key)) {
        throw this.wrong(`${this.what} has a member "${key}", which some readers take for another one`);
      }
    }
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return `the number ${value}`;
  return `a ${typeof value}`;
}
