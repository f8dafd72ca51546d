/** When nothing is pruned, case by case. */
import { expect, test } from 'vitest'
import {
  mostDeletes,
  type PruneCount,
  pruningIn,
  refusesPrune,
} from '../../src/reconcile/prune-guards.ts'

test.each([
  ['10%', 0, 1],
  ['10%', 9, 1],
  ['10%', 19, 1],
  ['10%', 20, 2],
  ['10%', 299, 29],
  ['2.5 %', 200, 5],
  ['100%', 7, 7],
  ['0%', 100, 0],
  ['3', 100, 3],
  [0, 100, 0],
  [5, 2, 5],
])('%s of %i is %i', (text, of, most) => {
  expect(mostDeletes(text, of)).toBe(most)
})

const keys = (count: number) => Array.from({ length: count }, (_, i) => `default/Cluster/c${i}`)
const fine: PruneCount = {
  owned: 10,
  described: 9,
  going: keys(1),
  maxDeletes: '10%',
  stopped: [],
}

const cases: readonly (readonly [string, Partial<PruneCount>, string | undefined])[] = [
  ['one of ten', {}, undefined],
  ['none, whatever else', { going: [], described: 0, stopped: ['live'] }, undefined],
  ['two of ten', { described: 8, going: keys(2) }, 'TooManyDeletes'],
  ['two of ten, allowed', { described: 8, going: keys(2), maxDeletes: 2 }, undefined],
  ['exactly half', { described: 5, going: keys(5), maxDeletes: '100%' }, undefined],
  ['less than half', { described: 4, going: keys(6), maxDeletes: '100%' }, 'DescribesTooLittle'],
  ['none allowed', { maxDeletes: 0 }, 'TooManyDeletes'],
  ['a broken environment', { stopped: ['staging'] }, 'SourceInvalid'],
  [
    'less than half, though what goes is adopted or protected',
    { described: 1, going: keys(1) },
    'DescribesTooLittle',
  ],
]
test.each(cases)('%s', (_, change, code) => {
  expect(refusesPrune({ ...fine, ...change })?.code).toBe(code)
})

test('says the number, names some, and what to do', () => {
  const reason = refusesPrune({ ...fine, owned: 40, described: 33, going: keys(7) })
  expect(reason?.message).toBe(
    '7 of 40 resources are no longer described, and at most 4 may be deleted at once (10%): nothing is deleted (Cluster c0, Cluster c1, Cluster c2, Cluster c3, Cluster c4 and 2 more). Raise --max-deletes or the Environment’s maxDeletes to 7, or let them go in smaller steps',
  )
})

const said = { everywhere: true, ownerSaid: true }
test.each([
  ['nobody asked', {}, { ...said, everywhere: false }, { on: false }],
  ['no wish at all', {}, undefined, { on: false }],
  ['the flag', {}, said, { on: true, maxDeletes: '10%' }],
  ['the flag, but not here', { prune: false }, said, { on: false }],
  ['here alone', { prune: true }, { ...said, everywhere: false }, { on: true, maxDeletes: '10%' }],
  ['limits: the flag’s', {}, { ...said, maxDeletes: '3' }, { on: true, maxDeletes: '3' }],
  [
    'limits: the Environment’s go before',
    { maxDeletes: 0 },
    { ...said, maxDeletes: '3' },
    { on: true, maxDeletes: 0 },
  ],
])('%s', (_, environment, wish, expected) => {
  expect(pruningIn({ name: 'live', ...environment }, wish)).toEqual(expected)
})

test('without an owner that was said it is off, and says why', () => {
  const wish = { everywhere: false, ownerSaid: false }
  expect(pruningIn({ name: 'live', prune: true }, wish)).toMatchObject({
    on: false,
    why: { code: 'PruneNeedsOwner' },
  })
  expect(pruningIn({ name: 'live', prune: true }, undefined)).toMatchObject({ on: false })
})
