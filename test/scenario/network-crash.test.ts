/** Promise: a network comes and goes whole, whatever dies, gets lost or is read late on the way; and nothing comes twice. */
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { createRig, type Rig, type RigOptions } from '../rig.ts'
import { count, networked, nothing, shown, whole } from './network.ts'
import { minute } from './shop.ts'

const hour = 60 * minute

async function expected() {
  const rig = createRig()
  await rig.git(networked())
  await rig.ready()
  const end = shown(rig)
  await rig.stop()
  return end
}

const isWrite = (operation: string) => !/:(Describe|List|Get)/.test(operation)

/** A process that dies at its n-th write: before AWS hears of it, or before the answer comes. */
function dyingAt(n: number, when: 'before' | 'after') {
  const state = { sent: 0, dead: false }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (!isWrite(operation)) return next(operation, input, options)
    state.sent++
    const fatal = state.sent === n
    if (fatal) state.dead = true
    if (fatal && when === 'before') return new Promise<never>(() => {})
    return next(operation, input, options)
  }
  return { state, layer }
}

async function throughDeath(
  n: number,
  when: 'before' | 'after',
  options: RigOptions,
): Promise<{ rig: Rig; died: boolean }> {
  const { state, layer } = dyingAt(n, when)
  const rig = createRig({ ...options, layer })
  await rig.git(networked())
  await rig.clock.runUntil(() => state.dead || rig.controller.state() === 'ready', hour)
  if (state.dead) rig.crash()
  await rig.ready(hour)
  return { rig, died: state.dead }
}

async function quiet(rig: Rig): Promise<void> {
  rig.simulator.heal()
  rig.calls.length = 0
  await rig.clock.advance(3 * minute)
  expect(rig.writes()).toEqual([])
}

describe.each([
  ['before', {}],
  ['after', {}],
  ['after', { simulator: { staleReadsMs: 10_000 } }],
] as const)('death %s the effect, %o', (when, options) => {
  test('of every single write in turn', async () => {
    const end = await expected()
    let deaths = 0
    for (let n = 1; ; n++) {
      const { rig, died } = await throughDeath(n, when, options)
      expect([n, count(rig), shown(rig)]).toEqual([n, whole, end])
      await quiet(rig)
      await rig.stop()
      if (!died) break
      deaths++
    }
    expect(deaths).toBeGreaterThanOrEqual(20)
  }, 120_000)
})

test('answers get lost and reads lag by up to ten seconds, on the way up and down', async () => {
  const end = await expected()
  for (let seed = 1; seed <= 25; seed++) {
    const simulator = { staleReadsMs: 10_000, loseAnswer: 0.2, failBefore: 0.1 }
    const rig = createRig({ seed, simulator })
    await rig.git(networked())
    await rig.ready(3 * hour)
    expect([seed, count(rig), shown(rig)]).toEqual([seed, whole, end])
    await rig.stop()
    const down = createRig({ seed, beside: rig, teardown: true })
    await down.git(networked())
    await down.ready(3 * hour)
    expect([seed, count(down)]).toEqual([seed, nothing])
    await quiet(down)
    await down.stop()
  }
}, 120_000)

test('a teardown dies at every single write in turn, and still ends', async () => {
  let deaths = 0
  for (let n = 1; ; n++) {
    const before = createRig()
    await before.git(networked())
    await before.ready()
    await before.stop()
    const { state, layer } = dyingAt(n, 'after')
    const rig = createRig({ beside: before, teardown: true, layer })
    await rig.git(networked())
    await rig.clock.runUntil(() => state.dead || rig.controller.state() === 'ready', hour)
    if (state.dead) rig.crash()
    await rig.ready(hour)
    expect([n, count(rig)]).toEqual([n, nothing])
    await rig.stop()
    if (!state.dead) break
    deaths++
  }
  expect(deaths).toBeGreaterThanOrEqual(10)
}, 120_000)
