/** Promise: old revisions go in the background, a few at a time, and never one that something runs or may go back to. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import { createRig, type Rig } from '../rig.ts'
import { definition, document, files, minute, said, shop, webDefinition } from './shop.ts'

const image = (n: number) => `nginx:1.${n}`

/** The revisions of a family that are active. */
function active(rig: Rig, family = 'web'): number[] {
  return (rig.simulator.world().families.get(family) ?? []).flatMap((record) =>
    record?.definition.status === 'ACTIVE' ? Number(record.definition.revision) : [],
  )
}

/** Each image in its turn. */
async function roll(rig: Rig, from: number, to: number, options: Parameters<typeof shop>[0] = {}) {
  for (let n = from; n <= to; n++) {
    await rig.git(shop({ ...options, image: image(n) }))
    await rig.ready()
  }
}

const deregistered = (rig: Rig) =>
  rig
    .writes()
    .flatMap(({ operation, input }) =>
      operation === 'ecs:DeregisterTaskDefinition'
        ? Number(String(input.taskDefinition).split(':').at(-1))
        : [],
    )

test('five are kept beyond the one that runs; older ones go, the oldest first, a few a sweep', async () => {
  const rig = createRig()
  await rig.git(shop({ image: image(1) }))
  await rig.ready()
  // As if it had been kept for long by something that never cleared up: ten revisions at once.
  for (let n = 2; n <= 11; n++) {
    await rig.aws('ecs:RegisterTaskDefinition', {
      family: 'web',
      ...webDefinition({ image: image(n) }),
      tags: [
        { key: 'fairlead:owner', value: 'default' },
        { key: 'fairlead:resource', value: definition },
      ],
    })
  }
  rig.calls.length = 0
  await rig.clock.advance(70_000)
  expect(deregistered(rig)).toEqual([2, 3, 4])
  await rig.clock.advance(5 * minute)
  expect(deregistered(rig)).toEqual([2, 3, 4, 5, 6])
  // The first one runs, though it is the oldest of all.
  expect(active(rig)).toEqual([1, 7, 8, 9, 10, 11])
  expect(said(rig, 'Deregistered')[0]).toBe(
    'TaskDefinition web: web:2 is old, and nothing needs it · DeregisterTaskDefinition',
  )
  expect(rig.controller.state()).toBe('ready')
  // Nothing is left to do, and that costs nothing.
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(rig.writes()).toEqual([])
  const operations = rig.reads().map(({ operation }) => operation)
  expect(operations).not.toContain('ecs:ListClusters')
  expect(operations).not.toContain('ecs:ListTaskDefinitions')
  await rig.stop()
})

test('the annotation, else the Environment, says how many are kept', async () => {
  const rig = createRig()
  await roll(rig, 1, 5)
  const kept = (annotations: Record<string, string>, environment?: number) =>
    files(
      ...(environment === undefined
        ? []
        : [document('Environment', 'default', { keepRevisions: environment })]),
      document('Cluster', 'shop', {}, {}, 'default'),
      document('TaskDefinition', 'web', webDefinition({ image: image(5) }), annotations, 'default'),
    )
  await rig.git(kept({}, 3))
  await rig.clock.advance(10 * minute)
  // The service still runs the fifth.
  expect(active(rig)).toEqual([2, 3, 4, 5])
  await rig.git(kept({ 'keep-revisions': '1' }, 3))
  await rig.clock.advance(10 * minute)
  expect(active(rig)).toEqual([4, 5])
  await rig.stop()
})

test('what a task runs stays, whoever started it', async () => {
  const rig = createRig()
  await roll(rig, 1, 2)
  await rig.aws('ecs:RunTask', {
    cluster: 'shop',
    taskDefinition: 'web:1',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
  })
  await roll(rig, 3, 9)
  await rig.clock.advance(10 * minute)
  expect(active(rig)).toEqual([1, 4, 5, 6, 7, 8, 9])
  await rig.stop()
})

test('what was registered by others, or adopted, is left alone', async () => {
  const rig = createRig()
  await roll(rig, 1, 1)
  for (let n = 1; n <= 3; n++) {
    await rig.aws('ecs:RegisterTaskDefinition', {
      family: 'web',
      ...webDefinition({ image: `theirs:${n}` }),
    })
  }
  await rig.aws('ecs:TagResource', {
    resourceArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3',
    tags: [
      { key: 'fairlead:owner', value: 'default' },
      { key: 'fairlead:resource', value: definition },
      { key: 'fairlead:adopted', value: 'true' },
    ],
  })
  await roll(rig, 2, 9)
  await rig.clock.advance(10 * minute)
  // Ours are 1 and 5 to 12.
  expect(active(rig)).toEqual([2, 3, 4, 7, 8, 9, 10, 11, 12])
  await rig.stop()
})

test('going back to what has gone registers it anew', async () => {
  const rig = createRig()
  await roll(rig, 1, 8)
  await rig.clock.advance(10 * minute)
  expect(active(rig)).toEqual([3, 4, 5, 6, 7, 8])
  await roll(rig, 1, 1)
  expect(active(rig)).toContain(9)
  await roll(rig, 7, 7)
  expect(active(rig)).not.toContain(10)
  await rig.stop()
})

test('in a fresh process: nothing twice', async () => {
  const rig = createRig()
  await roll(rig, 1, 8)
  await rig.clock.advance(10 * minute)
  await rig.restart()
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(deregistered(rig)).toEqual([])
  await rig.stop()
})

test('a sweep that could not read everything deregisters nothing', async () => {
  let broken = false
  const rig = createRig({
    layer: (next) => async (operation, input, more) => {
      if (broken && operation === 'ecs:DescribeServices') {
        throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not today')
      }
      return next(operation, input, more)
    },
  })
  await roll(rig, 1, 5)
  await rig.git(shop({ image: image(5) }))
  broken = true
  rig.calls.length = 0
  const annotated = document('TaskDefinition', 'web', webDefinition({ image: image(5) }), {
    'keep-revisions': '0',
  })
  const [text = ''] = Object.values(shop({ image: image(5) }))
  const rest = text.split('\n---\n').filter((each) => !each.includes('"TaskDefinition"'))
  await rig.git({ 'shop.yaml': [...rest, JSON.stringify(annotated)].join('\n---\n') })
  await rig.clock.advance(10 * minute)
  expect(deregistered(rig)).toEqual([])
  broken = false
  await rig.clock.advance(10 * minute)
  expect(active(rig)).toEqual([5])
  await rig.stop()
})

test('of what is no longer described all go, once nothing runs them; without prune none does', async () => {
  const off = createRig()
  await roll(off, 1, 7, { service: { desiredCount: 1 } })
  await off.git(files(document('Cluster', 'shop')))
  off.calls.length = 0
  await off.clock.advance(20 * minute)
  expect(deregistered(off)).toEqual([])
  await off.stop()
  const rig = createRig({ beside: off, prune: { maxDeletes: '100%' } })
  await rig.git(files(document('Cluster', 'shop')))
  await rig.clock.runUntil(() => said(rig, 'Pruned').length > 0, 30 * minute)
  await rig.clock.advance(10 * minute)
  expect(active(rig)).toEqual([])
  await rig.stop()
})
