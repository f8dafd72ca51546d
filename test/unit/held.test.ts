/** Which changes of a plan are held back: by themselves, by what goes first, and late calls by themselves alone. */
import { expect, test } from 'vitest'
import { heldBack } from '../../src/keeper/held.ts'
import type { Call, Change } from '../../src/model.ts'

type Sketch = readonly [after: readonly string[], late?: 'late']

/** A change of these calls, whose ids are `<key>#<n>`. */
function change(key: string, ...calls: readonly Sketch[]): Change {
  return {
    key,
    verdict: 'update',
    fields: [],
    effect: 'none',
    notes: [],
    calls: calls.map(
      ([after, late], n): Call => ({
        id: `${key}#${n}`,
        key,
        operation: 'ecs:UpdateCluster',
        input: {},
        after,
        ...(late ? { late: true } : {}),
      }),
    ),
  }
}

function held(changes: readonly Change[], ...resting: readonly string[]) {
  const { reasons, ids } = heldBack(
    changes,
    ({ key }) => (resting.includes(key) ? { why: 'rests', settling: false } : undefined),
    (need) => ({ why: `waits for ${need}`, settling: false, waitsFor: need }),
  )
  return { reasons: [...reasons].map(([key, { why }]) => `${key} ${why}`), ids: [...ids.keys()] }
}

test('what waits for held calls is held, through several steps', () => {
  const changes = [change('a', [[]]), change('b', [['a#0']]), change('c', [['b#0']])]
  expect(held(changes, 'a').reasons).toEqual(['a rests', 'b waits for a', 'c waits for b'])
  expect(held(changes, 'c').reasons).toEqual(['c rests'])
})

test('a late call is held by what comes after its resource, and the rest of its change goes', () => {
  const cluster = change('cluster', [[]], [['cluster#0', 'provider#0'], 'late'])
  const others = [change('group', [['cluster#0']]), change('provider', [['group#0']])]
  const service = change('service', [['cluster#0', 'cluster#1']])
  expect(held([cluster, ...others, service], 'group')).toEqual({
    reasons: ['group rests', 'provider waits for group', 'service waits for cluster'],
    ids: ['group#0', 'provider#0', 'cluster#1', 'service#0'],
  })
})

test('a change of late calls alone is held as a whole', () => {
  const cluster = change('cluster', [['provider#0'], 'late'])
  expect(held([cluster, change('provider', [[]])], 'provider').reasons).toEqual([
    'provider rests',
    'cluster waits for provider',
  ])
})

test('nothing is held while nothing rests', () => {
  expect(held([change('a', [[]]), change('b', [['a#0']])])).toEqual({ reasons: [], ids: [] })
})
