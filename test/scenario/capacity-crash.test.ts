/** Promise: a controller that dies at any call on the way to EC2 capacity and back ends where it would have ended. */
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { isRead } from '../../src/cli/connect.ts'
import { createRig, type Rig } from '../rig.ts'
import { capacity, groupOf, registered, remains } from './capacity.ts'
import { minute } from './shop.ts'

/**
 * A process that dies at its n-th write, before the answer comes. What comes after knows AWS alone, so this is also a
 * death between any two writes.
 */
function dyingAt(n: number) {
  const state = { sent: 0, dead: false }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (isRead(operation)) return next(operation, input, options)
    state.sent++
    if (state.sent !== n) return next(operation, input, options)
    await next(operation, input, options)
    state.dead = true
    return new Promise<never>(() => {})
  }
  return { state, layer }
}

const zone = { network: undefined, subnets: ['subnet-0defa00000000000a'] }
const manifests = (instanceTypes: string[]) => capacity({ hosts: { ...zone, instanceTypes } })

/** Ready, with one death on the way. */
async function ready(rig: Rig, state: { dead: boolean }): Promise<void> {
  const there = () => state.dead || rig.controller.state() === 'ready'
  await rig.clock.runUntil(there, 60 * minute)
  if (state.dead) {
    state.dead = false
    rig.crash()
  }
  await rig.ready(60 * minute)
}

test('death at every write in turn: always the same end', { timeout: 180_000 }, async () => {
  for (let n = 1; ; n++) {
    const { state, layer } = dyingAt(n)
    const rig = createRig({ layer })
    await rig.git(manifests(['t3.medium']))
    await ready(rig, state)
    await rig.git(manifests(['m5.large']))
    await ready(rig, state)
    // The old instance drains, and the new one registers.
    await rig.clock.advance(5 * minute)
    await ready(rig, state)
    expect([n, registered(rig)]).toEqual([n, ['hosts 2']])
    expect([n, groupOf(rig)?.group.LaunchTemplate?.Version]).toEqual([n, '2'])
    const refreshes = rig.simulator.world().autoscaling.refreshes.get('hosts')
    expect([n, refreshes?.map(({ refresh }) => refresh.Status)]).toEqual([n, ['Successful']])
    await rig.stop()

    const down = createRig({ beside: rig, teardown: true, layer })
    await down.git(manifests(['m5.large']))
    await ready(down, state)
    expect([n, Object.values(remains(down))]).toEqual([n, [0, 0, 0, 0, 0, 0, 0]])
    await down.stop()
    if (state.sent < n) break
  }
})
