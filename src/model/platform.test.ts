import { describe, expect, it } from 'vitest';
import { formatPlatform, parsePlatform, platformMatches } from './platform.ts';

describe('platforms', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['LINUX/ARM/v7', 'linux/arm/v7'],
    ['windows/amd64', 'windows/amd64'],
  ])('%s is %s', (text, full) => {
    const platform = parsePlatform(text);
    expect(platform === undefined ? undefined : formatPlatform(platform)).toBe(full);
  });

  it.each(['', '/', 'a/b/c/d', 'linux/', 'lin ux/amd64'])('%j is none', (text) => {
    expect(parsePlatform(text)).toBeUndefined();
  });

  it('an absent variant accepts any', () => {
    const arm = { os: 'linux', architecture: 'arm' };
    expect(platformMatches(arm, { ...arm, variant: 'v7' })).toBe(true);
    expect(platformMatches({ ...arm, variant: 'v6' }, { ...arm, variant: 'v7' })).toBe(false);
    expect(
      platformMatches(
        { os: 'linux', architecture: 'arm64', variant: 'v8' },
        { os: 'linux', architecture: 'arm64' },
      ),
    ).toBe(true);
  });
});
