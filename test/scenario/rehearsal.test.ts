/** Promise: a rehearsal predicts what then happens: the calls in their order, how low services come, how long it takes. */
import { expect, test } from 'vitest'
import { holdMany } from './rehearsal-changes.ts'

test.each([11, 12, 13, 14])(
  'fifty random changes, seed %i',
  async (seed) => {
    const { withCalls } = await holdMany(seed, 50)
    // The promise is about changes that do something.
    expect(withCalls).toBeGreaterThan(30)
  },
  120_000,
)
