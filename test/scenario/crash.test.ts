/** Promise: stateless. The controller may die at any call, before or after its effect, and the end is the same. */
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { createRig, type Rig } from '../rig.ts'
import { liveService, minute, shop } from './shop.ts'

/** A process that dies at its n-th call of all: before AWS hears of it, or before the answer comes. */
function dyingAt(n: number, when: 'before' | 'after') {
  const state = { sent: 0, dead: false, over: false }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (state.over) return next(operation, input, options)
    state.sent++
    const fatal = state.sent === n
    if (fatal) state.dead = true
    if (fatal && when === 'before') return new Promise<never>(() => {})
    return next(operation, input, options)
  }
  return { state, layer }
}

/** From nothing to a first image, then a second, with one death on the way. No tasks: few calls, all of them different. */
async function story(n: number, when: 'before' | 'after'): Promise<{ rig: Rig; died: boolean }> {
  const { state, layer } = dyingAt(n, when)
  const rig = createRig({ layer })
  const until = async (image: string) => {
    await rig.git(shop({ image, service: { desiredCount: 0 } }))
    await rig.clock.runUntil(() => state.dead || rig.controller.state() === 'ready', 30 * minute)
    if (!state.dead || state.sent < n) return
    state.dead = false
    rig.crash()
  }
  await until('nginx:1.27')
  await rig.ready()
  await until('nginx:1.28')
  await rig.ready()
  state.over = true
  return { rig, died: state.sent >= n }
}

async function sameEnd(rig: Rig): Promise<void> {
  const world = rig.simulator.world('us-east-1')
  const active = [...world.services.values()].filter(({ service }) => service.status === 'ACTIVE')
  expect(active).toHaveLength(1)
  expect(world.families.get('web'), 'no revision twice').toHaveLength(2)
  expect([...world.clusters.values()]).toHaveLength(1)
  const live = await liveService(rig)
  expect(live.taskDefinition).toMatch(/web:2$/)
  expect(live).toMatchObject({ desiredCount: 0, runningCount: 0, deployments: [{}] })
  rig.calls.length = 0
  await rig.clock.advance(3 * minute)
  expect(rig.writes()).toEqual([])
}

describe.each(['before', 'after'] as const)('%s the effect', (when) => {
  test('death at every single call of the story in turn: always the same end', async () => {
    let deaths = 0
    for (let n = 1; ; n++) {
      const { rig, died } = await story(n, when)
      await sameEnd(rig).catch((error: Error) => {
        error.message = `death ${when} call ${n}: ${error.message}`
        throw error
      })
      await rig.stop()
      if (!died) break
      deaths++
    }
    expect(deaths).toBeGreaterThan(15)
  }, 60_000)
})
