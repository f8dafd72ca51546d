/** Promise: EC2 capacity from nothing to instances that run tasks, scaled by ECS alone, and taken down to nothing. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { capacity, cluster, groupOf, hosts, registered, remains, service } from './capacity.ts'
import { document, minute, written } from './shop.ts'

const operations = (rig: Rig) => rig.writes().map(({ operation }) => operation)

test('from nothing to Ready, each thing after what it stands on, then quiet', async () => {
  const rig = createRig()
  const { problems } = await rig.git(capacity())
  expect(problems).toEqual([])
  await rig.ready()
  const order = operations(rig)
  const chain = [
    'ecs:CreateCluster',
    'ec2:CreateLaunchTemplate',
    'ec2:AssociateRouteTable',
    'autoscaling:CreateAutoScalingGroup',
    'ecs:CreateCapacityProvider',
    'ecs:PutClusterCapacityProviders',
    'ecs:CreateService',
  ] as const
  const places = chain.map((operation) => order.indexOf(operation))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places).not.toContain(-1)
  expect(order.filter((operation) => operation === 'ecs:PutClusterCapacityProviders')).toHaveLength(
    1,
  )
  expect(registered(rig)).toEqual(['hosts 2'])
  expect(rig.events.filter(({ type }) => type === 'Warning')).toEqual([])
  written(rig)
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  await rig.restart()
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('two groups share a cluster, and one that cannot come up does not hold up the other', async () => {
  const rig = createRig()
  const second = (subnets: unknown) => ({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'InstanceGroup',
    metadata: { name: 'more' },
    spec: { cluster: { ref: 'shop' }, subnets, size: { min: 0, max: 1 }, keyName: 'lost' },
  })
  const more = [second(['subnet-0defa00000000000a'])]
  await rig.git(capacity({ more }))
  await rig.clock.runUntil(() => rig.status(service)?.health === 'Healthy', 10 * minute)
  expect(rig.status(service)?.health).toBe('Healthy')
  expect(rig.status('default/AutoScalingGroup/more')?.health).not.toBe('Healthy')
  await rig.aws('ec2:CreateKeyPair', { KeyName: 'lost' })
  await rig.ready()
  const { capacityProviders } = rig.simulator.world().clusters.get('shop')!.cluster
  expect(capacityProviders).toEqual(['hosts', 'more'])
  await rig.stop()
})

test('ECS moves the desired capacity, and nothing of it is written back', async () => {
  const rig = createRig()
  const size = { min: 1, max: 4, desired: 1 }
  await rig.git(capacity({ hosts: { size } }))
  await rig.ready()
  written(rig)
  await rig.git(capacity({ hosts: { size }, service: { desiredCount: 8 } }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  expect(groupOf(rig)?.group.DesiredCapacity).toBe(3)
  expect(registered(rig)).toHaveLength(3)
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a cluster of its own manifests: the strategy of the cluster comes with the provider', async () => {
  const rig = createRig()
  const strategy = [{ capacityProvider: { ref: 'hosts' }, weight: 1 }]
  const settings = {
    capacityProviders: ['FARGATE'],
    defaultCapacityProviderStrategy: strategy,
  }
  await rig.git(capacity({ cluster: settings, service: { capacityProviderStrategy: undefined } }))
  await rig.ready()
  const puts = rig.writes().filter(({ operation }) => operation.startsWith('ecs:PutCluster'))
  expect(puts.map(({ input }) => input)).toEqual([
    {
      cluster: 'shop',
      capacityProviders: ['FARGATE', 'hosts'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'hosts', weight: 1 }],
    },
  ])
  const created = rig.writes().find(({ operation }) => operation === 'ecs:CreateCluster')
  expect(created?.input).toMatchObject({ capacityProviders: ['FARGATE'] })
  expect(registered(rig)).toEqual(['hosts 2'])
  await rig.stop()
})

test('a teardown goes from the service to the network, and leaves nothing', async () => {
  const before = createRig()
  const manifests = capacity({ hosts: { managedTerminationProtection: true } })
  await before.git(manifests)
  await before.ready()
  // Long enough for ECS to protect the instance that runs tasks.
  await before.clock.advance(5 * minute)
  expect(groupOf(before)?.members).toMatchObject([{ protectedFromScaleIn: true }])
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(manifests)
  await rig.ready()
  const order = operations(rig).filter((operation) => !operation.startsWith('ec2:Di'))
  expect(order.slice(0, 3)).toEqual([
    'ecs:DeleteService',
    'ecs:DeregisterTaskDefinition',
    'ecs:PutClusterCapacityProviders',
  ])
  const chain = [
    'ecs:DeleteCapacityProvider',
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:SetInstanceProtection',
    'autoscaling:DeleteAutoScalingGroup',
    'ec2:DeleteRouteTable',
    'ec2:DeleteVpc',
  ] as const
  const places = chain.map((operation) => order.indexOf(operation))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places).not.toContain(-1)
  expect(remains(rig)).toEqual({
    groups: 0,
    providers: 0,
    hosts: 0,
    templates: 0,
    clusters: 0,
    roles: 0,
    profiles: 0,
  })
  expect(rig.events.filter(({ type }) => type === 'Warning').map((one) => one.message)).toEqual([])
  await rig.stop()
})

test('a teardown says which step it waits in', async () => {
  const before = createRig()
  await before.git(capacity())
  await before.ready()
  await before.aws('autoscaling:SuspendProcesses', {
    AutoScalingGroupName: 'hosts',
    ScalingProcesses: ['Terminate'],
  })
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(capacity())
  await rig.clock.advance(10 * minute)
  expect(rig.status('default/AutoScalingGroup/hosts')?.conditions[0]?.message).toMatch(
    /^it shrinks to nothing first: 1 instance is left; its process Terminate is suspended/,
  )
  expect(rig.status('default/LaunchTemplate/hosts')?.conditions[0]?.message).toMatch(
    /^waits for AutoScalingGroup hosts to go/,
  )
  await rig.aws('autoscaling:ResumeProcesses', {
    AutoScalingGroupName: 'hosts',
    ScalingProcesses: ['Terminate'],
  })
  await rig.ready()
  expect(hosts(rig)).toEqual([])
  await rig.stop()
})

test('a provider that someone detached is attached again, next to those of others', async () => {
  const rig = createRig()
  await rig.git(capacity({ service: false }))
  await rig.ready()
  await rig.aws('ecs:PutClusterCapacityProviders', {
    cluster: 'shop',
    capacityProviders: ['FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  })
  written(rig)
  await rig.clock.advance(3 * minute)
  await rig.ready()
  expect(rig.writes().map(({ input }) => input.capacityProviders)).toEqual([
    ['hosts', 'FARGATE_SPOT'],
  ])
  expect(rig.status(cluster)?.health).toBe('Healthy')
  await rig.stop()
})

test('what an instance group says reaches the instances', async () => {
  const rig = createRig()
  const options = {
    purchase: 'Spot',
    ami: 'Bottlerocket',
    instanceTypes: ['m7g.large', 'c7g.large'],
    volume: { size: 60, encrypted: true },
    securityGroups: [{ ref: 'hosts' }],
    tags: [{ key: 'team', value: 'shop' }],
  }
  const guard = document('SecurityGroup', 'hosts', {
    vpcId: { ref: 'net' },
    description: 'instances',
  })
  const { problems } = await rig.git(
    capacity({
      hosts: options,
      more: [guard],
      service: { desiredCount: 1 },
    }),
  )
  expect(problems).toEqual([])
  await rig.ready()
  const [host] = hosts(rig)
  expect(host?.instance).toMatchObject({
    InstanceLifecycle: 'spot',
    InstanceType: 'm7g.large',
    Architecture: 'arm64',
    SecurityGroups: [{ GroupId: expect.stringMatching(/^sg-/) }],
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
  })
  expect(registered(rig)).toEqual(['hosts 1'])
  const { Tags } = (await rig.aws('ec2:DescribeTags', {
    Filters: [{ Name: 'resource-id', Values: [host?.instance.InstanceId] }],
  })) as { Tags: { Key: string; Value: string }[] }
  const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))
  expect(tags).toMatchObject({ team: 'shop' })
  expect(Object.keys(tags).filter((key) => key.startsWith('fairlead:'))).toEqual([])
  await rig.stop()
})

test('an instance group without a capacity provider joins a cluster that no manifest describes', async () => {
  const rig = createRig()
  await rig.aws('ecs:CreateCluster', { clusterName: 'old' })
  const zone = { network: undefined, subnets: ['subnet-0defa00000000000a'] }
  const alone = { ...zone, cluster: 'old', capacityProvider: false }
  await rig.git(capacity({ hosts: alone, service: false }))
  await rig.ready()
  await rig.clock.advance(2 * minute)
  const { containerInstanceArns } = (await rig.aws('ecs:ListContainerInstances', {
    cluster: 'old',
  })) as { containerInstanceArns: string[] }
  expect(containerInstanceArns).toHaveLength(1)
  await rig.stop()
})
