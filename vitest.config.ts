import { defineConfig } from 'vitest/config'

// The default suite needs nothing but Node: no network, no sleeps, no other programs but git.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/conformance/**', 'test/bench/**', '**/node_modules/**'],
    testTimeout: 20_000,
    pool: 'threads',
  },
})
