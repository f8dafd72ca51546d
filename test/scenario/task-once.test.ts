/** Promise: never two runs of one content, whatever is lost, late or killed on the way. */
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'
import { seededRandom } from '../../src/runtime.ts'
import { faulty } from '../dst/faulty.ts'
import { createRig, type Rig } from '../rig.ts'
import { job, kept, migration, ran } from './jobs.ts'
import { conditions, minute, readyMessage, stalled, written } from './shop.ts'

/** Counts what RunTask ever started, though AWS forgets it. */
function counting() {
  const arns = new Map<string, string>()
  const layer: Layer = (next) => async (operation, input, options) => {
    const answer = await next(operation, input, options)
    if (operation !== 'ecs:RunTask') return answer
    const { tasks = [] } = answer as { tasks?: { taskArn: string; taskDefinitionArn: string }[] }
    for (const task of tasks) arns.set(task.taskArn, task.taskDefinitionArn.split('/').at(-1)!)
    return answer
  }
  return { layer, revisions: () => [...arns.values()] }
}

/** A process that dies at its n-th call of all: before AWS hears of it, or before the answer comes. */
function dyingAt(n: number, when: 'before' | 'after', within: Layer) {
  const state = { sent: 0, dead: false }
  const layer: Layer = (next) => async (operation, input, options) => {
    state.sent++
    const fatal = state.sent === n
    if (fatal) state.dead = true
    if (fatal && when === 'before') return new Promise<never>(() => {})
    return within(next)(operation, input, options)
  }
  return { state, layer }
}

describe.each(['before', 'after'] as const)('death %s the effect of any call', (when) => {
  test.each([
    ['at once', 0],
    ['half an hour', 30 * minute],
  ])('another starts %s later: each content ran once', { timeout: 120_000 }, async (_, laterMs) => {
    let deaths = 0
    for (let n = 1; ; n++) {
      const runs = counting()
      const { state, layer } = dyingAt(n, when, runs.layer)
      const rig = createRig({ layer, intervalMs: 5 * minute })
      const until = async (image: string) => {
        await rig.git(migration({ image, simulate: 'exit 0 after 5s' }))
        const over = () => state.dead || rig.controller.state() === 'ready'
        await rig.clock.runUntil(over, 30 * minute)
        if (!state.dead) return
        state.dead = false
        deaths++
        await rig.clock.advance(laterMs)
        rig.crash()
        await rig.ready().catch((error: Error) => {
          error.message = `death ${when} call ${n}: ${error.message}`
          throw error
        })
      }
      await until('app:1')
      await until('app:2')
      expect(runs.revisions(), `death ${when} call ${n}`).toEqual(['migrate:1', 'migrate:2'])
      expect(kept(rig)?.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
      await rig.stop()
      if (state.sent < n) break
    }
    expect(deaths).toBeGreaterThan(15)
  })
})

/** Dies right after the record is written, before RunTask is sent; the process comes back later. */
async function diedBeforeRun(
  awayMs: number,
  ranAnyway: boolean,
  annotations: Record<string, string> = {},
): Promise<Rig> {
  let dead = false
  const layer: Layer = (next) => async (operation, input, options) => {
    if (operation === 'ecs:RunTask' && !dead) {
      dead = true
      if (ranAnyway) await next(operation, input, options)
      return new Promise<never>(() => {})
    }
    return next(operation, input, options)
  }
  const rig = createRig({ layer, intervalMs: 5 * minute })
  await rig.git(migration({ annotations }))
  await rig.clock.runUntil(() => dead, 10 * minute)
  await rig.clock.advance(awayMs)
  rig.calls.length = 0
  rig.crash()
  return rig
}

test('recorded and not run: within the hour it is run, since AWS would still show it', async () => {
  const rig = await diedBeforeRun(50 * minute, false)
  await rig.ready()
  expect(written(rig)).toEqual(['ssm:PutParameter', 'ecs:RunTask', 'ssm:PutParameter'])
  expect(ran(rig)).toEqual(['migrate:1'])
  await rig.stop()
})

test('a timeout counts from the task, not from a record that was never acted on', async () => {
  const rig = await diedBeforeRun(50 * minute, false, { timeout: '5m' })
  await rig.ready()
  expect(written(rig)).toEqual(['ssm:PutParameter', 'ecs:RunTask', 'ssm:PutParameter'])
  expect(kept(rig)).toMatchObject([{ outcome: 'succeeded' }])
  await rig.stop()
})

test.each([true, false])(
  'recorded, and away for longer: cannot tell, whether it ran or not (%s)',
  async (ranAnyway) => {
    const rig = await diedBeforeRun(100 * minute, ranAnyway)
    await stalled(rig, job)
    expect(written(rig)).toEqual(['ssm:PutParameter'])
    expect(conditions(rig, job)).toEqual(['Stalled OutcomeUnknown', 'not Ready OutcomeUnknown'])
    expect(readyMessage(rig, job)).toMatch(/cannot tell whether it ran.*set fairlead.dev\/retry/)
    await rig.clock.advance(24 * 60 * minute)
    expect(written(rig)).toEqual([])
    await rig.git(migration({ annotations: { retry: 'checked by hand' } }))
    await rig.ready()
    expect(written(rig)).toEqual(['ssm:PutParameter', 'ecs:RunTask', 'ssm:PutParameter'])
    await rig.stop()
  },
)

test('AWS refuses RunTask for hours: it is asked again, and runs once it may', async () => {
  let refuse = true
  const layer: Layer = (next) => async (operation, input, options) => {
    if (operation === 'ecs:RunTask' && refuse) {
      throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not authorized')
    }
    return next(operation, input, options)
  }
  const rig = createRig({ layer })
  await rig.git(migration())
  await stalled(rig, job)
  expect(readyMessage(rig, job)).toBe('not authorized')
  await rig.clock.advance(5 * 60 * minute)
  expect(conditions(rig, job)[0]).toBe('Stalled AccessDeniedException')
  const said = rig.events.filter(({ reason }) => reason === 'CallFailed')
  expect(said.length).toBeLessThan(12)
  refuse = false
  await rig.ready()
  expect(ran(rig)).toEqual(['migrate:1'])
  await rig.stop()
})

test.each(Array.from({ length: 12 }, (_, n) => n + 1))(
  'lost answers, failures, stale reads and restarts, seed %i: each content ran once',
  { timeout: 60_000 },
  async (seed) => {
    const random = seededRandom(seed * 104_729)
    let faults = true
    const runs = counting()
    const broken = faulty(random, 0.25, () => faults)
    const rig = createRig({
      seed,
      simulator: { staleReadsMs: 10_000 },
      layer: (next) => broken(runs.layer(next)),
    })
    for (const image of ['app:1', 'app:2', 'app:1', 'app:3']) {
      await rig.git(migration({ image, simulate: 'exit 0 after 10s' }))
      await rig.clock.advance(random() * 90_000)
      if (random() < 0.5) rig.crash()
    }
    await rig.clock.advance(60_000)
    faults = false
    await rig.ready()
    const revisions = runs.revisions()
    expect(new Set(revisions).size, revisions.join()).toBe(revisions.length)
    expect(kept(rig)?.[0]).toMatchObject({ outcome: 'succeeded' })
    await rig.clock.advance(60_000)
    rig.calls.length = 0
    await rig.clock.advance(10 * minute)
    expect(written(rig)).toEqual([])
    await rig.stop()
  },
)

const onInstances = {
  definition: {
    requiresCompatibilities: ['EC2'],
    networkMode: 'bridge',
    cpu: '256',
    memory: '512',
  },
  spec: { launchType: 'EC2', networkConfiguration: undefined },
}

test('no capacity is no run: said, asked for again, and it runs when there is room', async () => {
  const runs = counting()
  // Room for two tasks of three.
  const containerInstances = [{ cluster: 'shop', count: 1, type: 't3.small' }]
  const rig = createRig({ layer: runs.layer, simulator: { containerInstances } })
  const definition = { ...onInstances.definition, memory: '768' }
  const spec = { ...onInstances.spec, count: 3 }
  await rig.git(migration({ definition, spec, simulate: 'exit 0 after 3m' }))
  await rig.clock.runUntil(() => conditions(rig, job)[0] === 'Reconciling NoCapacity', minute)
  expect(readyMessage(rig, job)).toMatch(/^AWS did not start 1 of 3 tasks \(RESOURCE:MEMORY\)/)
  expect(runs.revisions()).toHaveLength(2)
  // A process that does not know what AWS answered asks the same again, and starts nothing by it.
  rig.crash()
  await rig.clock.advance(2 * minute)
  expect(conditions(rig, job)[0]).toBe('Reconciling NoCapacity')
  expect(runs.revisions()).toHaveLength(2)
  await rig.ready()
  expect(runs.revisions()).toEqual(['migrate:1', 'migrate:1', 'migrate:1'])
  expect(kept(rig)).toMatchObject([{ outcome: 'succeeded' }])
  await rig.stop()
})

test('no capacity within the timeout: failed, and nothing runs later', async () => {
  const runs = counting()
  const containerInstances = [{ cluster: 'shop', count: 1, type: 't3.micro' }]
  const rig = createRig({ layer: runs.layer, simulator: { containerInstances } })
  const definition = { ...onInstances.definition, memory: '8192' }
  const { spec } = onInstances
  await rig.git(migration({ definition, spec, annotations: { timeout: '20m' } }))
  await rig.clock.advance(19 * minute)
  expect(conditions(rig, job)[0]).toBe('Reconciling NoCapacity')
  expect(written(rig).length).toBeLessThan(26)
  await stalled(rig, job, 10 * minute)
  expect(readyMessage(rig, job)).toMatch(/AWS had no room for it \(RESOURCE:MEMORY\), longer than/)
  await rig.clock.advance(60 * minute)
  expect(runs.revisions()).toEqual([])
  await rig.stop()
})

test('a cluster without instances yet is waited for', async () => {
  const rig = createRig()
  await rig.git(migration(onInstances))
  await rig.clock.advance(5 * minute)
  expect(conditions(rig, job)[0]).toBe('Reconciling InvalidParameterException')
  expect(readyMessage(rig, job)).toMatch(/No Container Instances were found/)
  await rig.stop()
})
