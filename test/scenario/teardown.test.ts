/** Promise: a teardown goes against the order of the references, takes only what is ours, and ends. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { document, files, minute, shop, webDefinition, webService, written } from './shop.ts'

/** A shop that runs, and a controller beside it that is told to take it down. */
async function running(manifests = shop()): Promise<{ before: Rig; rig: Rig }> {
  const before = createRig()
  await before.git(manifests)
  await before.ready()
  await before.stop()
  return { before, rig: createRig({ beside: before, teardown: true }) }
}

test('the service drains, then its cluster and its revisions go', async () => {
  const { rig } = await running()
  await rig.git(shop())
  await rig.ready()
  expect(rig.writes().map(({ operation, input }) => [operation, input])).toEqual([
    ['ecs:DeleteService', { cluster: 'shop', service: 'web', force: true }],
    ['ecs:DeregisterTaskDefinition', { taskDefinition: expect.stringMatching(/web:1$/) }],
    ['ecs:DeleteCluster', { cluster: 'shop' }],
  ])
  const world = rig.simulator.world()
  expect([...world.services.values()].map(({ service }) => service.status)).toEqual(['INACTIVE'])
  expect([...world.tasks.values()].filter(({ task }) => task.lastStatus !== 'STOPPED')).toEqual([])
  expect(world.families.get('web')?.[0]?.definition.status).toBe('INACTIVE')
  expect(rig.events.filter(({ type }) => type === 'Warning')).toEqual([])
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('all revisions that are ours go, once each though reads are old; one that somebody else registered stays', async () => {
  const before = createRig({ simulator: { staleReadsMs: 10_000 } })
  for (let n = 1; n <= 12; n++) {
    await before.git(shop({ image: `nginx:1.${n}`, definition: { cpu: '512', memory: '1024' } }))
    await before.clock.advance(20_000)
  }
  await before.ready()
  const { family = 'web', ...theirs } = webDefinition() as Record<string, unknown>
  await before.aws('ecs:RegisterTaskDefinition', { family, ...theirs })
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(shop({ image: 'nginx:1.12', definition: { cpu: '512', memory: '1024' } }))
  await rig.ready()
  const gone = rig.writes().flatMap(({ input }) => input.taskDefinition ?? [])
  expect(new Set(gone).size).toBe(gone.length)
  const { families } = rig.simulator.world()
  const active = families.get('web')?.flatMap((record) => record?.definition ?? [])
  expect(active?.filter(({ status }) => status === 'ACTIVE')).toMatchObject([{ revision: 13 }])
  await rig.stop()
})

test('twice is once: nothing is left to do', async () => {
  const { rig } = await running()
  await rig.git(shop())
  await rig.ready()
  await rig.restart()
  rig.calls.length = 0
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('an interrupted teardown goes on where it stopped', async () => {
  const { rig } = await running()
  await rig.git(shop())
  await rig.clock.runUntil(() => rig.writes().length === 1, minute)
  rig.crash()
  await rig.ready()
  expect(written(rig)).toEqual([
    'ecs:DeleteService',
    'ecs:DeregisterTaskDefinition',
    'ecs:DeleteCluster',
  ])
  await rig.stop()
})

test('what is not ours stays, and so does what it needs', async () => {
  const before = createRig()
  const theirs = createRig({ beside: before, owner: 'platform' })
  await before.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await theirs.git(
    files(
      document('Cluster', 'shop', {}, { adopt: 'unchanged' }),
      document('TaskDefinition', 'api', webDefinition()),
      document('Service', 'api', webService({ taskDefinition: { ref: 'api' } })),
    ),
  )
  await theirs.ready()
  const mine = (how: string) => shop({ clusterAnnotations: { mode: how } })
  await before.git(mine('observe'))
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(mine('observe'))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:DeleteService', 'ecs:DeregisterTaskDefinition'])
  await rig.clock.advance(10 * minute)
  expect(theirs.controller.state()).toBe('ready')
  expect(theirs.writes().filter(({ operation }) => operation === 'ecs:CreateService')).toHaveLength(
    1,
  )
  await theirs.stop()
  await rig.stop()
})

test('an unowned cluster and service of the same names are left alone', async () => {
  const rig = createRig({ teardown: true })
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await rig.aws('ecs:RegisterTaskDefinition', { family: 'web', ...webDefinition() })
  await rig.aws(
    'ecs:CreateService',
    webService({ cluster: 'shop', taskDefinition: 'web', serviceName: 'web' }),
  )
  for (const adopt of ['unchanged', 'overwrite']) {
    await rig.git(shop({ annotations: { adopt }, clusterAnnotations: { adopt } }))
    await rig.clock.advance(10 * minute)
  }
  expect(written(rig)).toEqual([])
  expect(rig.controller.state()).toBe('ready')
  await rig.stop()
})

test('a service that nobody described keeps its cluster: said, and not retried in haste', async () => {
  const { before, rig } = await running()
  await before.aws('ecs:CreateService', {
    ...webService({ cluster: 'shop', taskDefinition: 'web', serviceName: 'stray' }),
  })
  await rig.git(shop())
  await rig.clock.advance(30 * minute)
  const operations = written(rig)
  expect(operations[0]).toBe('ecs:DeleteService')
  expect(rig.status('default/Cluster/shop')?.conditions[0]?.message).toMatch(/service/i)
  expect(operations.length).toBeLessThan(100)
  await before.aws('ecs:DeleteService', { cluster: 'shop', service: 'stray', force: true })
  await rig.ready()
  await rig.stop()
})

test('in a dry environment a teardown only looks', async () => {
  const inside = (mode: string) =>
    files(document('Environment', 'live', { mode }), document('Cluster', 'shop', {}, {}, 'live'))
  const { rig } = await running(inside('apply'))
  await rig.git(inside('observe'))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('what is only looked at may be gone', async () => {
  const rig = createRig({ teardown: true })
  await rig.git(files(document('Cluster', 'elsewhere', {}, { mode: 'observe' })))
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})
