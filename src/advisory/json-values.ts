/** Readers of JSON of unknown shape: what is not as expected is undefined or empty, never an exception. */

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsOf(value: unknown): string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string' && item !== '');
}

/** `YYYY-MM-DD` or RFC 3339; undefined for placeholders before 1970 (`0001-01-01T00:00:00Z`). */
export function dateOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined || text.length > 40) return undefined;
  if (!/^(?:19[7-9]|[2-9]\d\d)\d-\d\d-\d\d(?:T[0-9:.]{5,20}(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text))
    return undefined;
  return text;
}

/** The object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
