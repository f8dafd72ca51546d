/** Promise: each roll-out ends in one of four words, said once, however late AWS's reads are. */
import { expect, test } from 'vitest'
import { createRollouts } from '../../src/keeper/rollouts.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { Rollout, RolloutOutcome, Status } from '../../src/model.ts'

const key = 'default/Service/web'

function following() {
  const said: string[] = []
  const rollouts = createRollouts(
    createMetrics(),
    (_type, reason, message) => said.push(`${reason} ${/of (\S+)/.exec(message)?.[1]}`),
    () => 100_000,
  )
  const see = (n: number, outcome: RolloutOutcome) => {
    const id = `arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/web/${n}`
    const ended = outcome === 'InProgress' ? {} : { endedAtMs: n * 1_000 + 500 }
    const rollout: Rollout = {
      ...{ id, outcome, startedAtMs: n * 1_000, target: `web:${n}`, status: '', replaces: true },
      ...ended,
    }
    rollouts.seen({ key, conditions: [], rollout } as unknown as Status, 'sha256:abc')
  }
  return { said, see }
}

test('one that ends is told once, one that another follows is Superseded', () => {
  const { said, see } = following()
  see(1, 'InProgress')
  see(2, 'InProgress')
  see(2, 'RolledBack')
  see(2, 'RolledBack')
  see(3, 'InProgress')
  see(3, 'Succeeded')
  expect(said).toEqual(['Superseded web:1', 'RolledBack web:2', 'Succeeded web:3'])
})

test('an old read that shows the one before is no news', () => {
  const { said, see } = following()
  see(1, 'InProgress')
  see(2, 'InProgress')
  see(1, 'Stopped')
  see(2, 'InProgress')
  see(2, 'Succeeded')
  expect(said).toEqual(['Superseded web:1', 'Succeeded web:2'])
})
