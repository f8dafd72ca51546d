/** Promises: what is suspended is left alone, what depends waits and says for what, and everything else goes on. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import {
  cluster,
  conditions,
  definition,
  document,
  fargateSpec,
  liveService,
  minute,
  readyMessage,
  said,
  secondService,
  service,
  shop,
  stalled,
  webDefinition,
  webService,
  written,
} from './shop.ts'

test('suspended: no commit and no drift touches it, and the reason is shown', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  const paused = { annotations: { suspend: 'incident 4711' } }
  await rig.git(shop({ image: 'nginx:1.28', service: { desiredCount: 4 }, ...paused }))
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 9 })
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition'])
  expect(rig.status(service)).toMatchObject({ health: 'Suspended' })
  expect(conditions(rig, service)).toEqual(['not Ready Suspended'])
  expect(readyMessage(rig, service)).toBe('suspended: incident 4711')

  await rig.git(shop({ image: 'nginx:1.28', service: { desiredCount: 4 } }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  expect(await liveService(rig)).toMatchObject({ desiredCount: 4, runningCount: 4 })
  await rig.stop()
})

test('suspended until a time: then it goes on by itself, within one interval', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  const until = new Date(rig.clock.now() + 30 * minute).toISOString()
  await rig.git(
    shop({
      service: { desiredCount: 3 },
      annotations: { suspend: 'freeze', 'suspend-until': until },
    }),
  )
  await rig.clock.advance(29 * minute)
  expect(written(rig)).toEqual([])
  expect(readyMessage(rig, service)).toBe(`suspended until ${until}: freeze`)
  await rig.clock.advance(2 * minute)
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.ready()
  await rig.stop()
})

test('suspended until a time that has passed: not suspended', async () => {
  const rig = createRig()
  await rig.git(
    shop({ annotations: { suspend: 'long ago', 'suspend-until': '2020-01-01T00:00:00Z' } }),
  )
  await rig.ready()
  expect((await liveService(rig)).runningCount).toBe(2)
  await rig.stop()
})

test('a task definition that AWS refuses: its service waits for it, everything else goes on', async () => {
  const rig = createRig({
    layer: (next) => async (operation, input, options) => {
      const { family } = input as { family?: string }
      // Something that only AWS can know.
      if (operation === 'ecs:RegisterTaskDefinition' && family === 'web') {
        return next(operation, { ...input, cpu: '1000000' }, options)
      }
      return next(operation, input, options)
    },
  })
  await rig.git(
    shop({
      more: [
        document('TaskDefinition', 'api', webDefinition()),
        secondService({ taskDefinition: { ref: 'api' } }),
      ],
    }),
  )
  await stalled(rig, definition)
  await rig.clock.runUntil(
    () => rig.status('default/Service/api')?.health === 'Healthy',
    5 * minute,
  )
  expect(rig.status('default/Service/api')).toMatchObject({ sync: 'Synced', health: 'Healthy' })
  expect(conditions(rig, definition)).toEqual([
    'Stalled ClientException',
    'not Ready ClientException',
  ])
  expect(conditions(rig, service)).toEqual([
    'Reconciling DependencyNotReady',
    'not Ready DependencyNotReady',
  ])
  expect(readyMessage(rig, service)).toContain('TaskDefinition web')
  expect(rig.controller.state()).toBe('stalled')
  // It is tried again, but seldom: AWS will hardly change its mind.
  rig.calls.length = 0
  await rig.clock.advance(60 * minute)
  const tried = written(rig)
  expect(new Set(tried)).toEqual(new Set(['ecs:RegisterTaskDefinition']))
  expect(tried.length).toBeLessThan(15)
  await rig.stop()
})

test('the service of a cluster that is refused waits, and comes as soon as the cluster may', async () => {
  const rig = createRig()
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await rig.git(shop())
  await stalled(rig, cluster)
  await rig.clock.advance(5 * minute)
  expect(conditions(rig, service)).toEqual([
    'Reconciling DependencyNotReady',
    'not Ready DependencyNotReady',
  ])
  expect(readyMessage(rig, service)).toContain('waits for Cluster shop (Cluster shop exists in AWS')
  expect(rig.controller.state()).toBe('stalled')
  await rig.git(shop({ clusterAnnotations: { adopt: 'unchanged' } }))
  await rig.ready()
  await rig.stop()
})

test('a suspended cluster suspends nothing but itself', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.28', clusterAnnotations: { suspend: 'true' } }))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.stop()
})

test('an explicit dependency orders what no reference does', async () => {
  const rig = createRig()
  await rig.git(
    shop({
      annotations: { 'depends-on': 'Service/database' },
      more: [
        document('TaskDefinition', 'database', {
          ...fargateSpec,
          containerDefinitions: [{ name: 'db', image: 'postgres:17' }],
        }),
        document(
          'Service',
          'database',
          webService({ taskDefinition: { ref: 'database' }, desiredCount: 1 }),
        ),
      ],
    }),
  )
  await rig.ready()
  const created = rig
    .writes()
    .filter(({ operation }) => operation === 'ecs:CreateService')
    .map(({ input }) => input.serviceName)
  expect(created).toEqual(['database', 'web'])
  expect(said(rig, 'CallFailed')).toEqual([])
  await rig.stop()
})

test('what depends on itself in a circle is refused before anything is written, with the circle', async () => {
  const rig = createRig()
  await rig.git(
    shop({
      annotations: { 'depends-on': 'Service/api' },
      more: [
        document('Service', 'api', webService({ desiredCount: 1 }), {
          'depends-on': 'Service/web',
        }),
        secondService({}, 'free'),
      ],
    }),
  )
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'InvalidSource')).toEqual([
    expect.stringMatching(
      /^shop\.yaml:\d+:\d+: Service\/web: .*depends-on: is in a circle.*: Service\/web → Service\/api → Service\/web$/,
    ),
  ])
  await rig.stop()
})
