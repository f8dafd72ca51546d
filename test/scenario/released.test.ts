/** Promise: what was there before fairlead stays when fairlead goes, whatever the manifests say by then. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { capacity, hosts } from './capacity.ts'
import {
  cluster,
  document,
  files,
  liveService,
  minute,
  readyMessage,
  shop,
  webDefinition,
  webService,
  written,
} from './shop.ts'

const everything = (how?: string) => {
  const annotations: Record<string, string> = how ? { adopt: how } : {}
  return files(
    document('Cluster', 'shop', {}, annotations),
    document('TaskDefinition', 'web', webDefinition(), annotations),
    document('Service', 'web', webService(), annotations),
  )
}

/** A shop that somebody made by hand, and that fairlead has taken over. */
async function adopted(): Promise<Rig> {
  const rig = createRig()
  await rig.aws('ecs:CreateCluster', { clusterName: 'shop' })
  await rig.aws('ecs:RegisterTaskDefinition', { family: 'web', ...webDefinition() })
  await rig.aws('ecs:CreateService', {
    ...webService({ cluster: 'shop', taskDefinition: 'web', serviceName: 'web' }),
    tags: [{ key: 'team', value: 'shop' }],
  })
  await rig.git(everything('unchanged'))
  await rig.ready()
  await rig.clock.advance(5 * minute)
  return rig
}

/** All tags of ours in the account, whatever carries them. */
const ourTags = (rig: Rig) =>
  [...rig.simulator.world('us-east-1').tags.values()].flatMap((tags) =>
    Object.keys(tags).filter((key) => key.startsWith('fairlead:')),
  )

const sentTags = (rig: Rig) => JSON.stringify(rig.writes().map(({ input }) => input))

test('adopted, and remembered: it is released though its annotation is long gone', async () => {
  const before = await adopted()
  const tags = before.writes().map(({ input }) => JSON.stringify(input.tags))
  expect(tags).toHaveLength(3)
  for (const each of tags) expect(each).toContain('{"key":"fairlead:adopted","value":"true"}')
  before.calls.length = 0
  // From here on its manifests look like all others.
  await before.git(everything())
  await before.ready()
  await before.clock.advance(5 * minute)
  expect(written(before)).toEqual([])
  await before.stop()

  const rig = createRig({ beside: before, teardown: true })
  await rig.git(everything())
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:UntagResource', 'ecs:UntagResource', 'ecs:UntagResource'])
  expect(ourTags(rig)).toEqual([])
  const live = await liveService(rig)
  expect(live).toMatchObject({ status: 'ACTIVE', runningCount: 2 })
  expect(live.tags).toEqual([{ key: 'team', value: 'shop' }])
  const told = rig.events.filter(({ reason }) => reason === 'Released')
  expect(told.map(({ message }) => message.split(':')[0])).toEqual(
    expect.arrayContaining(['Service web', 'Cluster shop', 'TaskDefinition web']),
  )
  await rig.restart()
  rig.calls.length = 0
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a release that is interrupted goes on where it stopped', async () => {
  const before = await adopted()
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(everything('unchanged'))
  await rig.clock.runUntil(() => rig.writes().length === 1, minute)
  rig.crash()
  await rig.ready()
  expect(new Set(written(rig))).toEqual(new Set(['ecs:UntagResource']))
  expect(ourTags(rig)).toEqual([])
  expect((await liveService(rig)).status).toBe('ACTIVE')
  await rig.stop()
})

test('what fairlead makes itself is never taken for adopted, an annotation or not', async () => {
  const rig = createRig()
  await rig.git(everything('unchanged'))
  await rig.ready()
  expect(sentTags(rig)).toContain('fairlead:owner')
  expect(sentTags(rig)).not.toContain('fairlead:adopted')
  await rig.stop()
  const down = createRig({ beside: rig, teardown: true })
  await down.git(shop())
  await down.ready()
  expect(written(down)).toEqual([
    'ecs:DeleteService',
    'ecs:DeregisterTaskDefinition',
    'ecs:DeleteCluster',
  ])
  await down.stop()
})

test('a revision that takes the place of an adopted one is fairlead’s own', async () => {
  const rig = createRig()
  await rig.aws('ecs:RegisterTaskDefinition', {
    family: 'web',
    ...webDefinition({ image: 'nginx:1.20' }),
  })
  await rig.git(files(document('TaskDefinition', 'web', webDefinition(), { adopt: 'overwrite' })))
  await rig.ready()
  expect(rig.writes().map(({ operation }) => operation)).toEqual(['ecs:RegisterTaskDefinition'])
  expect(sentTags(rig)).toContain('fairlead:hash')
  expect(sentTags(rig)).not.toContain('fairlead:adopted')
  await rig.stop()
})

test('an adopted cluster lets go of the provider that goes, and of no other', async () => {
  const before = createRig()
  await before.aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: 'theirs',
    LaunchTemplateData: { ImageId: 'ami-0defa0000000000b1', InstanceType: 't3.medium' },
  })
  await before.aws('autoscaling:CreateAutoScalingGroup', {
    AutoScalingGroupName: 'theirs',
    MinSize: 0,
    MaxSize: 1,
    LaunchTemplate: { LaunchTemplateName: 'theirs', Version: '1' },
    VPCZoneIdentifier: 'subnet-0defa00000000000a',
  })
  const { AutoScalingGroups: groups } = (await before.aws(
    'autoscaling:DescribeAutoScalingGroups',
    {},
  )) as { AutoScalingGroups: { AutoScalingGroupARN: string }[] }
  await before.aws('ecs:CreateCapacityProvider', {
    name: 'theirs',
    autoScalingGroupProvider: { autoScalingGroupArn: groups[0]?.AutoScalingGroupARN },
  })
  const capacityProviders = ['FARGATE', 'theirs']
  await before.aws('ecs:CreateCluster', { clusterName: 'shop', capacityProviders })
  await before.git(capacity({ clusterAnnotations: { adopt: 'overwrite' } }))
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(capacity())
  await rig.ready(60 * minute)
  expect(hosts(rig)).toEqual([])
  const { clusters } = (await rig.aws('ecs:DescribeClusters', {
    clusters: ['shop'],
    include: ['TAGS'],
  })) as { clusters: object[] }
  expect(clusters).toMatchObject([{ status: 'ACTIVE', capacityProviders, tags: [] }])
  expect(readyMessage(rig, cluster)).not.toContain('waits')
  await rig.stop()
})
