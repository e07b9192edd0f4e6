import { defineConfig } from 'vitest/config';

/** Where to leave a report of the run as JSON, besides what is printed. */
const report = process.env['DETENT_TEST_REPORT'];

export default defineConfig({
  test: {
    alias: {
      'detent/analysis': new URL('./src/analysis/analysis.ts', import.meta.url).pathname,
      'detent/testing': new URL('./src/testing/testing.ts', import.meta.url).pathname,
      'detent/jsonata': new URL('./src/embed/jsonata.ts', import.meta.url).pathname,
      'detent/session': new URL('./src/embed/session.ts', import.meta.url).pathname,
      'detent/engine': new URL('./src/embed/engine.ts', import.meta.url).pathname,
      detent: new URL('./src/index.ts', import.meta.url).pathname,
    },
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/services/set-up.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
