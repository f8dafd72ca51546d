import { defineConfig } from 'vitest/config'

// Checks against programs that we did not write: they need the aws CLI, boto3, Terraform, moto, Prometheus.
export default defineConfig({
  test: {
    include: ['test/conformance/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
