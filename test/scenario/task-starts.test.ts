/** Promise: how long tasks take to start is measured, once for each, at two reads a service and look while it rolls out. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import { createRig, type Rig } from '../rig.ts'
import { migration } from './jobs.ts'
import { minute, secondService, shop } from './shop.ts'

/** How many starts were told, and their sum in seconds, by launch type. */
async function starts(rig: Rig): Promise<Record<string, { count: number; sum: number }>> {
  const { values } = await rig.metrics.taskStart.get()
  const told: Record<string, { count: number; sum: number }> = {}
  for (const { labels, value, ...rest } of values) {
    const name = String((rest as { metricName?: string }).metricName)
    const type = `${labels.environment} ${labels.launch_type}`
    told[type] ??= { count: 0, sum: 0 }
    if (name.endsWith('_count')) told[type].count = value
    if (name.endsWith('_sum')) told[type].sum = value
  }
  return told
}

const taskReads = (rig: Rig) =>
  rig.reads().filter(({ operation }) => /:(ListTasks|DescribeTasks)$/.test(operation)).length

test('the tasks of a service that rolls out, and none once it is steady', async () => {
  const rig = createRig()
  await rig.git(shop({ service: { desiredCount: 3 } }))
  await rig.ready()
  const tasks = [...rig.simulator.world('us-east-1').tasks.values()].map(({ task }) => task)
  const seconds = tasks.map(
    ({ createdAt, startedAt }) => (Number(startedAt) - Number(createdAt)) / 1_000,
  )
  const told = (await starts(rig))['default FARGATE']
  expect(told?.count).toBe(3)
  expect(told?.sum).toBeCloseTo(seconds.reduce((a, b) => a + b, 0))
  expect(told?.sum).toBeGreaterThan(10)
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(taskReads(rig)).toBe(0)

  await rig.git(shop({ service: { desiredCount: 3 }, image: 'nginx:1.28' }))
  await rig.ready()
  expect((await starts(rig))['default FARGATE']?.count).toBe(6)
  await rig.stop()
})

test('a task that runs once', async () => {
  const rig = createRig()
  await rig.git(migration())
  await rig.ready()
  await rig.clock.advance(5 * minute)
  expect((await starts(rig))['default FARGATE']?.count).toBe(1)
  await rig.stop()
})

test('a fleet is sampled: five services a look', async () => {
  const looks = new Map<number, number>()
  const rig = createRig({
    layer: (next) => (operation, input, options) => {
      const now = rig.clock.now()
      if (operation === 'ecs:ListTasks') looks.set(now, (looks.get(now) ?? 0) + 1)
      return next(operation, input, options)
    },
  })
  const more = Array.from({ length: 12 }, (_, n) => secondService({}, `api-${n}`))
  await rig.git(shop({ more }))
  await rig.ready()
  expect(Math.max(...looks.values())).toBe(5)
  await rig.stop()
})

test('where tasks may not be read, services roll out all the same, and it is asked once', async () => {
  let asked = 0
  const rig = createRig({
    layer: (next) => async (operation, input, options) => {
      if (operation !== 'ecs:ListTasks') return next(operation, input, options)
      asked++
      throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not authorized')
    },
  })
  await rig.git(shop())
  await rig.ready()
  expect(asked).toBe(1)
  expect(await starts(rig)).toEqual({})
  await rig.stop()
})
