import { defineConfig } from 'vitest/config';

/** Field tests need real parts (Debian packages, ../shared); they run one file at a time and may be long. */
export default defineConfig({
  test: {
    include: ['test/field/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    globalSetup: ['test/field/setup.ts'],
  },
});
