import { describe, expect, it } from 'vitest';
import { parseRetryAfterMs, retryDelayMs } from './http-retry.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
    ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999999', undefined],
    ['2026-03-01T12:01:00Z', undefined],
  ])('%j is %s ms', (value, expected) => {
    expect(parseRetryAfterMs(value, NOW)).toBe(expected);
  });
});

describe('the delay without it', () => {
  it('doubles, half of it random, up to the cap', () => {
    const range = (attempt: number): number[] =>
      [0, 1].map((random) => retryDelayMs(attempt, undefined, NOW, 60_000, random));
    expect(range(0)).toEqual([200, 400]);
    expect(range(1)).toEqual([400, 800]);
    expect(range(3)).toEqual([1_600, 3_200]);
    expect(range(30)).toEqual([60_000, 60_000]);
  });
});
