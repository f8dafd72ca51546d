/** Promise: a commit that changes many services is held after a first failure, unless another of them has succeeded. */
import { expect, test } from 'vitest'
import type { GateInput, Standing } from '../../src/keeper/gates/gate.ts'
import { waves } from '../../src/keeper/gates/waves.ts'
import type { Change, RolloutOutcome } from '../../src/model.ts'

const keys = ['a', 'b', 'c', 'd'].map((name) => `default/Service/${name}`)

const standing = (outcome: RolloutOutcome, cause = ''): Standing => ({
  stalled: outcome === 'RolledBack',
  rollout: {
    ...{ id: outcome, outcome, status: '', target: '', replaces: true },
    ...{ startedAtMs: 2_000, reason: cause },
  },
})

/** Whether the last of four is held, given how the first ones stand. */
function held(...standings: readonly Standing[]): boolean {
  const change = {
    ...{ key: keys[3], verdict: 'update', effect: 'roll-out', fields: [] },
    calls: [{ id: 'd#1', key: keys[3], operation: 'ecs:UpdateService', input: {}, after: [] }],
  } as unknown as Change
  const input = {
    changes: [change],
    manifests: new Map(),
    standings: new Map(standings.map((one, i) => [keys[i]!, one])),
    asked: new Map(keys.map((key) => [key, { digest: '', revision: 'sha256:abc', atMs: 1_000 }])),
  } as unknown as GateInput
  return waves(input).has(keys[3]!)
}

test('held when the first one fails; a success beside it lets it go on', () => {
  expect(held(standing('InProgress'))).toBe(false)
  expect(held(standing('RolledBack'))).toBe(true)
  expect(held(standing('RolledBack'), standing('Succeeded'))).toBe(false)
})

test('held again when several fail for one reason', () => {
  const failed = standing('RolledBack', 'out of memory')
  expect(held(failed, failed, standing('Succeeded'))).toBe(true)
  expect(held(failed, standing('RolledBack', 'no image'), standing('Succeeded'))).toBe(false)
})
