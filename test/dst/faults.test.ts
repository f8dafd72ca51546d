/** Twenty resources, every fifth call failing, reads up to ten seconds old: the fixpoint is reached all the same. */
import { test } from 'vitest'
import { history } from './history.ts'

// A thousand seeds: npm run dst. Number 100 once registered a revision twice, because one old read did not know it.
const seeds = [...Array.from({ length: 15 }, (_, index) => index + 1), 100]

test.each(seeds)('seed %i ends in a quiet fixpoint', (seed) => history(seed))
