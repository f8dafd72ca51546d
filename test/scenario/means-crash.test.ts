/** Promise: whatever happens to a call (death, a lost answer, reads of yesterday), what instances need is made once. */
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { isRead } from '../../src/cli/connect.ts'
import { createRig, type Rig, type RigOptions } from '../rig.ts'
import { deathsIn } from './deaths.ts'
import { all, held, means, nothing } from './means.ts'
import { minute } from './shop.ts'

/** A process that dies at its n-th write: before AWS hears of it, or before the answer comes. */
function dyingAt(n: number, when: 'before' | 'after') {
  const state = { sent: 0, dead: false, over: false }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (state.over || isRead(operation)) return next(operation, input, options)
    state.sent++
    const fatal = state.sent === n
    if (fatal) state.dead = true
    if (fatal && when === 'before') return new Promise<never>(() => {})
    const answer = next(operation, input, options)
    if (!fatal) return answer
    await answer.catch(() => {})
    return new Promise<never>(() => {})
  }
  return { state, layer }
}

const first = means()
const second = means({
  data: { instanceType: 't3.large' },
  role: { managedPolicyArns: [] },
  repository: { imageTagMutability: 'MUTABLE' },
})

const changed = {
  ...all,
  roles: [['web', [], ['pull']]],
  templates: [
    [
      'web',
      2,
      [
        [1, 't3.medium'],
        [2, 't3.large'],
      ],
    ],
  ],
}

async function quiet(rig: Rig): Promise<void> {
  await rig.clock.advance(minute)
  rig.calls.length = 0
  await rig.clock.advance(3 * minute)
  expect(rig.writes()).toEqual([])
}

/** From nothing to a first state, to a second, to nothing, with one death on the way. */
async function story(n: number, when: 'before' | 'after'): Promise<boolean> {
  const { state, layer } = dyingAt(n, when)
  const until = async (rig: Rig, manifests: Record<string, string>) => {
    await rig.git(manifests)
    await rig.clock.runUntil(() => state.dead || rig.controller.state() === 'ready', 30 * minute)
    if (state.dead) {
      state.dead = false
      rig.crash()
    }
    await rig.ready()
  }
  const rig = createRig({ layer })
  await until(rig, first)
  expect(held(rig)).toEqual(all)
  await until(rig, second)
  expect(held(rig)).toEqual(changed)
  await rig.stop()
  const down = createRig({ beside: rig, teardown: true, layer })
  await until(down, second)
  expect(held(down)).toEqual(nothing)
  state.over = true
  await quiet(down)
  await down.stop()
  return state.sent >= n
}

describe.each(['before', 'after'] as const)('%s the effect', (when) => {
  test('death at every single write of the story in turn: always the same end', async () => {
    expect(await deathsIn((n) => story(n, when))).toBeGreaterThan(15)
  }, 300_000)
})

const troubles: [string, RigOptions['simulator']][] = [
  ['lost answers', { loseAnswer: 0.3 }],
  ['reads up to ten seconds old', { staleReadsMs: 10_000 }],
  ['throttling and failures', { failBefore: 0.3 }],
  ['all of it', { loseAnswer: 0.2, staleReadsMs: 5_000, failBefore: 0.2 }],
]

describe.each(troubles)('%s', (_, faults) => {
  test.each([1, 2, 3])('seed %i: the same end, and nothing is made twice', async (seed) => {
    const rig = createRig({ seed, simulator: faults! })
    await rig.git(first)
    await rig.ready(120 * minute)
    await rig.clock.advance(2 * minute)
    await rig.ready(120 * minute)
    expect(held(rig)).toEqual(all)
    await rig.git(second)
    await rig.clock.advance(2 * minute)
    await rig.ready(120 * minute)
    expect(held(rig)).toEqual(changed)
    rig.simulator.heal()
    await rig.ready(120 * minute)
    await quiet(rig)
    await rig.stop()
  })
})
