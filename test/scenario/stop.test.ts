/** Promise: a graceful stop finishes the call in flight and sends nothing further. */
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import type { Operation } from '../../src/model.ts'
import { createRig } from '../rig.ts'
import { minute, shop, written } from './shop.ts'

/** An AWS whose answer to one operation comes when the test says so; before the effect, or after it. */
function slowAt(slow: Operation) {
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const state = { asked: false, answer: () => answer() }
  const layer: Layer = (next) => async (operation, input, options) => {
    const output = await next(operation, input, options)
    if (operation !== slow) return output
    state.asked = true
    await answered
    return output
  }
  return { state, layer }
}

test.each(['ecs:CreateCluster', 'ecs:RegisterTaskDefinition', 'ecs:CreateService'] as const)(
  'stopped while %s is in flight: it ends first, and is the last',
  async (operation) => {
    const { state, layer } = slowAt(operation)
    const rig = createRig({ layer })
    await rig.git(shop())
    await rig.clock.runUntil(() => state.asked, minute)
    const before = written(rig)
    expect(before).toContain(operation)
    let stopped = false
    const stop = rig.stop().then(() => {
      stopped = true
    })
    await rig.clock.advance(10_000)
    expect(stopped).toBe(false)
    state.answer()
    await stop
    await rig.clock.advance(10 * minute)
    expect(rig.calls).toEqual([])
    // Who comes next finds it done.
    await rig.restart()
    await rig.ready()
    expect([...before, ...written(rig)].sort()).toEqual([
      'ecs:CreateCluster',
      'ecs:CreateService',
      'ecs:RegisterTaskDefinition',
    ])
    await rig.stop()
  },
)

test.each(['tag:GetResources', 'ecs:DescribeClusters'] as const)(
  'stopped while it looks (%s): what it saw is not acted upon',
  async (operation) => {
    const { state, layer } = slowAt(operation)
    const rig = createRig({ layer })
    await rig.git(shop())
    await rig.clock.runUntil(() => state.asked, minute)
    const stop = rig.stop()
    state.answer()
    await stop
    await rig.clock.advance(10 * minute)
    expect(written(rig)).toEqual([])
  },
)

test('stopped during a roll-out: at once, and the roll-out goes on without it', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.clock.runUntil(() => rig.writes().length === 3, minute)
  const at = rig.clock.now()
  await rig.stop()
  expect(rig.clock.now()).toBe(at)
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(rig.calls).toEqual([])
  await rig.restart()
  await rig.ready(1_000)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('stopped before it began: nothing is sent at all', async () => {
  const rig = createRig()
  await rig.stop()
  await rig.git(shop())
  await rig.clock.advance(10 * minute)
  expect(rig.calls).toEqual([])
})
