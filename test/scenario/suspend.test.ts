/**
 * Promises: a suspension, by annotation or by tag, lets nothing be written to its resource, shows what differs meanwhile,
 * and ends when it says; what serves suspended resources alone begins nothing; all others go on.
 */
import { expect, test } from 'vitest'
import { endedValue, suspendTag, suspendValue } from '../../src/suspension.ts'
import { createRig, type Rig } from '../rig.ts'
import { job, migration, network, started } from './jobs.ts'
import {
  cluster,
  conditions,
  document,
  liveService,
  minute,
  readyMessage,
  said,
  secondService,
  service,
  shop,
  webDefinition,
  written,
} from './shop.ts'

async function atRest(intervalMs = minute): Promise<Rig> {
  const rig = createRig({ intervalMs })
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  return rig
}

async function tag(rig: Rig, value: string): Promise<void> {
  const { serviceArn } = await liveService(rig)
  await rig.aws('ecs:TagResource', {
    resourceArn: serviceArn,
    tags: [{ key: suspendTag, value }],
  })
}

const untilIn = (rig: Rig, ms: number) => new Date(rig.clock.now() + ms).toISOString()

test('suspended by the tag: neither a commit nor drift nor a tag is written until it ends, then all at once', async () => {
  const rig = await atRest(60 * minute)
  const until = untilIn(rig, 30 * minute)
  await tag(rig, suspendValue(until, 'incident 4711'))
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 7 })
  await rig.git(shop({ image: 'nginx:1.28', service: { tags: [{ key: 'team', value: 'web' }] } }))
  await rig.clock.advance(29 * minute)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition'])
  expect(await liveService(rig)).toMatchObject({ desiredCount: 7 })
  expect(conditions(rig, service)).toEqual(['not Ready Suspended'])
  expect(readyMessage(rig, service)).toBe(
    `suspended by the tag fairlead:suspend until ${until}: incident 4711`,
  )
  expect(rig.status(service)).toMatchObject({ sync: 'OutOfSync', health: 'Suspended' })
  expect(rig.status(service)?.pending.map(({ path }) => path)).toEqual([
    'desiredCount',
    'taskDefinition',
    'tags.team',
  ])
  // It ends by itself, at that time and not at some sweep after it.
  await rig.clock.runUntil(() => rig.clock.now() >= Date.parse(until) + 3_000, 5 * minute)
  expect(written(rig)).toEqual(['ecs:UpdateService', 'ecs:TagResource'])
  await rig.ready()
  expect(await liveService(rig)).toMatchObject({ desiredCount: 2 })
  await rig.stop()
})

test('a tag that was ended by hand holds no more', async () => {
  const rig = await atRest()
  await tag(rig, suspendValue(untilIn(rig, 60 * minute), 'x'))
  await rig.clock.advance(2 * minute)
  expect(conditions(rig, service)).toEqual(['not Ready Suspended'])
  await tag(rig, endedValue)
  await rig.ready(2 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('as Git says and suspended: in sync; then drift is told once', async () => {
  const rig = await atRest()
  await rig.git(shop({ annotations: { suspend: 'freeze' } }))
  await rig.clock.advance(2 * minute)
  expect(rig.status(service)).toMatchObject({ sync: 'Synced', health: 'Suspended', pending: [] })
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 7 })
  await rig.clock.advance(20 * minute)
  expect(conditions(rig, service)).toEqual(['not Ready Suspended', 'Drifted LiveDiffers'])
  expect(rig.status(service)?.sync).toBe('OutOfSync')
  expect(said(rig, 'DriftDetected')).toEqual(['Service web differs from Git: desiredCount 7 → 2'])
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('one run to the fixpoint ends where only suspended resources are left', async () => {
  const rig = await atRest()
  await rig.git(shop({ image: 'nginx:1.28', annotations: { suspend: 'freeze' } }))
  await rig.clock.advance(minute)
  expect(rig.controller.state()).toBe('stalled')
  await rig.stop()
})

test('what uses a suspended resource goes on where that exists, also by depends-on', async () => {
  const rig = await atRest()
  const suspended = {
    annotations: { suspend: 'freeze' },
    clusterAnnotations: { suspend: 'freeze' },
  }
  await rig.git(
    shop({
      ...suspended,
      service: { desiredCount: 3 },
      more: [
        document(
          'Service',
          'api',
          { ...(secondService() as { spec: Record<string, unknown> }).spec },
          { 'depends-on': 'Service/web' },
        ),
      ],
    }),
  )
  await rig.clock.runUntil(
    () => rig.status('default/Service/api')?.health === 'Healthy',
    10 * minute,
  )
  expect(written(rig)).toEqual(['ecs:CreateService'])
  expect(conditions(rig, cluster)).toEqual(['not Ready Suspended'])
  await rig.stop()
})

const release = (image: string, suspend: Record<string, string>, more: readonly object[] = []) =>
  shop({
    image,
    annotations: { 'depends-on': 'Task/migrate', ...suspend },
    more: [
      document('TaskDefinition', 'migrate', webDefinition({ image, simulate: 'exit 0 after 20s' })),
      document('Task', 'migrate', {
        cluster: { ref: 'shop' },
        taskDefinition: { ref: 'migrate' },
        ...network,
      }),
      ...more,
    ],
  })

const jobs = (rig: Rig) =>
  started(rig).filter(({ taskDefinitionArn }) => taskDefinitionArn?.includes('/migrate:')).length

test('a task that only a suspended service depends on does not run either; resumed, both do', async () => {
  const rig = createRig()
  await rig.git(release('app:1', {}))
  await rig.ready()
  expect(jobs(rig)).toBe(1)
  await rig.git(release('app:2', { suspend: 'incident' }))
  await rig.clock.advance(30 * minute)
  expect(jobs(rig)).toBe(1)
  expect(conditions(rig, job)).toEqual(['not Ready Suspended'])
  expect(readyMessage(rig, job)).toBe(
    'begins nothing: only Service web needs it, suspended: incident',
  )
  expect(rig.controller.state()).toBe('stalled')
  // A look at the task alone does not forget its users.
  rig.controller.reconcile([job])
  await rig.clock.advance(minute)
  expect(jobs(rig)).toBe(1)
  await rig.git(release('app:2', {}))
  await rig.ready()
  expect(jobs(rig)).toBe(2)
  expect((await liveService(rig)).taskDefinition).toMatch(/web:2$/)
  await rig.stop()
})

test('a tag on the service holds its task, too', async () => {
  const rig = createRig()
  await rig.git(release('app:1', {}))
  await rig.ready()
  await tag(rig, suspendValue(untilIn(rig, 20 * minute), 'incident'))
  await rig.git(release('app:2', {}))
  await rig.clock.advance(19 * minute)
  expect(jobs(rig)).toBe(1)
  await rig.clock.advance(2 * minute)
  await rig.ready()
  expect(jobs(rig)).toBe(2)
  await rig.stop()
})

test('a task that another service depends on, too, runs', async () => {
  const rig = createRig()
  const api = document(
    'Service',
    'api',
    { ...(secondService() as { spec: Record<string, unknown> }).spec },
    { 'depends-on': 'Task/migrate' },
  )
  await rig.git(release('app:1', {}, [api]))
  await rig.ready()
  await rig.git(release('app:2', { suspend: 'incident' }, [api]))
  await rig.clock.advance(10 * minute)
  expect(jobs(rig)).toBe(2)
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
  expect((await liveService(rig, 'api')).taskDefinition).toMatch(/web:2$/)
  await rig.stop()
})

test('a task that nothing depends on is nobody’s servant', async () => {
  const rig = createRig()
  await rig.git(migration())
  await rig.ready()
  expect(jobs(rig)).toBe(1)
  await rig.stop()
})

test('a task that has begun is followed to its end', async () => {
  const rig = createRig()
  await rig.git(release('app:1', {}))
  await rig.clock.runUntil(() => jobs(rig) === 1, 5 * minute)
  await rig.git(release('app:1', { suspend: 'incident' }))
  await rig.clock.advance(5 * minute)
  expect(rig.status(job)).toMatchObject({ sync: 'Synced', health: 'Healthy' })
  expect(conditions(rig, service)).toEqual(['not Ready Suspended'])
  expect(rig.status(service)?.health).toBe('Suspended')
  await rig.stop()
})
