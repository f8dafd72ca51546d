/** Promises: only what carries our tag, or what a manifest adopts, is ever written; and two owners never meet. */
import type { Service } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  cluster,
  conditions,
  definition,
  document,
  files,
  liveService,
  minute,
  readyMessage,
  service,
  shop,
  stalled,
  webDefinition,
  webService,
  written,
} from './shop.ts'

/** What somebody made at the console before there was a fairlead. */
async function madeByHand(rig: Rig, more: Record<string, unknown> = {}): Promise<void> {
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await rig.aws('ecs:RegisterTaskDefinition', { family: 'web', ...webDefinition() })
  await rig.aws('ecs:CreateService', {
    ...webService({ cluster: 'shop', taskDefinition: 'web', serviceName: 'web' }),
    ...more,
  })
  await rig.clock.advance(5 * minute)
}

const adoptAll = (how: string) =>
  files(
    document('Cluster', 'shop', {}, { adopt: how }),
    document('TaskDefinition', 'web', webDefinition(), { adopt: how }),
    document('Service', 'web', webService(), { adopt: how }),
  )

test('what exists and is nobody’s is refused, with the way out', async () => {
  const rig = createRig()
  await madeByHand(rig)
  await rig.git(shop())
  await stalled(rig, cluster)
  await stalled(rig, definition)
  expect(conditions(rig, cluster)).toEqual(['Stalled NotOwned', 'not Ready NotOwned'])
  expect(readyMessage(rig, cluster)).toContain('fairlead.dev/adopt: unchanged')
  expect(readyMessage(rig, cluster)).toContain('fairlead.dev/mode: observe')
  await stalled(rig, service)
  expect(conditions(rig, service)).toEqual(['Stalled NotOwned', 'not Ready NotOwned'])
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect(rig.controller.state()).toBe('stalled')
  await rig.stop()
})

test('adopted unchanged: tags, and nothing else, ever', async () => {
  const rig = createRig()
  await madeByHand(rig)
  const before = await liveService(rig)
  await rig.git(adoptAll('unchanged'))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:TagResource', 'ecs:TagResource', 'ecs:TagResource'])
  const after = await liveService(rig)
  expect(after.deployments?.map(({ id }) => id)).toEqual(before.deployments?.map(({ id }) => id))
  expect(after.tags).toContainEqual({ key: 'fairlead:owner', value: 'default' })
  // From now on it is kept like any other.
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.stop()
})

test('adopting unchanged what differs is refused, with the fields', async () => {
  const rig = createRig()
  await madeByHand(rig, { desiredCount: 4 })
  await rig.git(adoptAll('unchanged'))
  await stalled(rig, service)
  expect(conditions(rig, service)).toEqual([
    'Stalled AdoptWouldChange',
    'not Ready AdoptWouldChange',
  ])
  expect(readyMessage(rig, service)).toContain('desiredCount')
  await rig.clock.advance(10 * minute)
  expect(rig.writes().filter(({ input }) => 'service' in input)).toEqual([])
  expect((await liveService(rig)).desiredCount).toBe(4)
  expect((await liveService(rig)).tags ?? []).toEqual([])
  await rig.stop()
})

test('adopting unchanged a task definition that differs is refused, with the fields', async () => {
  const rig = createRig()
  await rig.aws('ecs:RegisterTaskDefinition', {
    family: 'web',
    ...webDefinition({ image: 'nginx:1.20' }),
  })
  await rig.git(files(document('TaskDefinition', 'web', webDefinition(), { adopt: 'unchanged' })))
  await stalled(rig, definition)
  expect(readyMessage(rig, definition)).toContain('containerDefinitions[app].image')
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('adopted to be overwritten: as Git says, and what Git leaves out stays', async () => {
  const rig = createRig()
  await madeByHand(rig, { desiredCount: 4, enableExecuteCommand: true, propagateTags: 'SERVICE' })
  await rig.git(adoptAll('overwrite'))
  await rig.ready()
  await rig.clock.advance(5 * minute)
  const live = await liveService(rig)
  expect(live.desiredCount).toBe(2)
  expect(live.enableExecuteCommand).toBe(true)
  expect(live.propagateTags).toBe('SERVICE')
  const update = rig.writes().find(({ operation }) => operation === 'ecs:UpdateService')
  expect(update?.input).toEqual({ cluster: 'shop', service: 'web', desiredCount: 2 })
  await rig.stop()
})

test('observed: referred to, never written and never tagged', async () => {
  const rig = createRig()
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await rig.git(shop({ clusterAnnotations: { mode: 'observe' } }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:CreateService'])
  const { clusters } = (await rig.aws('ecs:DescribeClusters', {
    clusters: ['shop'],
    include: ['TAGS'],
  })) as { clusters: { tags?: unknown[] }[] }
  expect(clusters[0]?.tags ?? []).toEqual([])
  await rig.stop()
})

test('observed and not there: said, waited for, never made', async () => {
  const rig = createRig()
  await rig.git(shop({ clusterAnnotations: { mode: 'observe' } }))
  await rig.clock.advance(10 * minute)
  expect(conditions(rig, cluster)).toContain('not Ready NotFound')
  expect(conditions(rig, service)).toContain('not Ready DependencyNotReady')
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition'])
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await rig.ready()
  await rig.stop()
})

test('an observed service that has gone wrong is reported, not repaired', async () => {
  const rig = createRig()
  await madeByHand(rig)
  await rig.git(
    files(document('Service', 'web', { cluster: 'shop', serviceName: 'web' }, { mode: 'observe' })),
  )
  await rig.ready()
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 9 })
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('another owner’s resources are refused, whatever the manifest says', async () => {
  const theirs = createRig({ owner: 'platform' })
  await theirs.git(shop())
  await theirs.ready()
  const ours = createRig({ owner: 'shop-team', beside: theirs })
  await ours.git(adoptAll('overwrite'))
  await stalled(ours, cluster)
  await stalled(ours, service)
  expect(conditions(ours, service)).toEqual(['Stalled NotOwned', 'not Ready NotOwned'])
  expect(readyMessage(ours, service)).toContain('owner "platform"')
  await ours.clock.advance(30 * minute)
  expect(written(ours)).toEqual([])
  expect(theirs.controller.state()).toBe('ready')
  await theirs.stop()
  await ours.stop()
})

test('two owners in one account, one of them in the other’s cluster: neither writes the other’s things', async () => {
  const platform = createRig({ owner: 'platform' })
  await platform.git(shop())
  await platform.ready()
  const team = createRig({ owner: 'team', beside: platform })
  const api = (image: string) =>
    files(
      document('Cluster', 'shop', {}, { mode: 'observe' }),
      document('TaskDefinition', 'api', webDefinition({ image })),
      document('Service', 'api', webService({ taskDefinition: { ref: 'api' }, desiredCount: 1 })),
    )
  await team.git(api('node:20'))
  await team.ready()
  await team.git(api('node:22'))
  await platform.git(shop({ image: 'nginx:1.28' }))
  await team.ready()
  await platform.ready()
  await team.clock.advance(30 * minute)
  expect(JSON.stringify(team.writes())).not.toMatch(/"web"|web:\d/)
  expect(JSON.stringify(platform.writes())).not.toMatch(/"api"|api:\d/)
  const { services } = (await team.aws('ecs:DescribeServices', {
    cluster: 'shop',
    services: ['web', 'api'],
    include: ['TAGS'],
  })) as { services: Service[] }
  const owners = services.map(
    ({ tags }) => tags?.find(({ key }) => key === 'fairlead:owner')?.value,
  )
  expect(owners).toEqual(['platform', 'team'])
  await platform.stop()
  await team.stop()
})
