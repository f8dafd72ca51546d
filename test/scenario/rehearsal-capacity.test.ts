/** Promise: what makes a cluster on EC2 from nothing, and what scales or replaces its instances, is foreseen as well. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { capacity } from './capacity.ts'
import { holdAgainst, rehearsed } from './rehearsing.ts'

test('network, roles, instances, service: from nothing, scaled out, on other instances', async () => {
  const rig = createRig({ seed: 5, simulator: { coldStartScale: 1.3 } })
  const first = await holdAgainst(rig, capacity(), false, 'from nothing', undefined)
  expect(first.calls).toBeGreaterThan(20)
  await rig.clock.advance(300_000)

  const same = await rehearsed(rig, capacity())
  expect(same.outcome).toBe('done')
  expect(same.calls).toEqual([])

  const more = capacity({ service: { desiredCount: 9 } })
  const rehearsal = await rehearsed(rig, more)
  expect(rehearsal.clusters).toMatchObject([{ cluster: 'shop', instances: 1, missing: 0 }])
  expect(rehearsal.clusters[0]?.launched).toBeGreaterThanOrEqual(1)
  await holdAgainst(rig, more, false, 'more tasks than fit', undefined)
  await rig.clock.advance(300_000)

  const hosts = { instanceTypes: ['t3.large'] }
  const other = capacity({ service: { desiredCount: 9 }, hosts })
  expect((await holdAgainst(rig, other, false, 'another type', undefined)).calls).toBe(4)
  await rig.stop()
})

/** The same account, had it an image of its own and instances that the simulator has no table for. */
function elsewhere(value: unknown): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll('ami-0defa0000000000a1', 'ami-0feed0000000000a1')
      .replaceAll('t3.medium', 'm5a.large')
  }
  if (Array.isArray(value)) return value.map(elsewhere)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, elsewhere(item)]))
}

test('an image that the account made itself, and a type that is not in the table', async () => {
  const rig = createRig({ simulator: { containerInstances: [] } })
  await rig.git(capacity())
  await rig.ready()
  await rig.clock.advance(120_000)
  const foreign: Parameters<typeof rehearsed>[0] = {
    clock: rig.clock,
    aws: async (operation, input, more) => {
      return elsewhere(await rig.aws(operation, input, more)) as Record<string, unknown>
    },
  }
  const more = capacity({ service: { desiredCount: 9 }, hosts: { instanceTypes: ['m5a.large'] } })
  const rehearsal = await rehearsed(foreign, more)
  expect(rehearsal.outcome).toBe('done')
  expect(rehearsal.clusters[0]?.launched).toBeGreaterThanOrEqual(1)
  await rig.stop()
})
