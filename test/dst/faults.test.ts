/** Twenty resources, every fifth call failing, reads up to ten seconds old: the fixpoint is reached all the same. */
import { test } from 'vitest'
import { history } from './history.ts'

// A thousand seeds: npm run dst.
const seeds = Array.from({ length: 16 }, (_, index) => index + 1)

test.each(seeds)('seed %i ends in a quiet fixpoint', (seed) => history(seed))
