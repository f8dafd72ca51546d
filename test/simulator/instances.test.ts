/** Container instances: agents, draining, daemons, capacity providers. */
import type { ContainerInstance } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { type Story, story } from './story.ts'

const fleet = (count: number, type = 't3.medium') => ({
  containerInstances: [{ cluster: 'shop', count, type }],
})

function instances(teller: Story): ContainerInstance[] {
  const { containerInstanceArns: arns } = teller.ecs('ListContainerInstances', { cluster: 'shop' })
  if (arns.length === 0) return []
  return teller.ecs('DescribeContainerInstances', { cluster: 'shop', containerInstances: arns })
    .containerInstances
}

function resource(instance: ContainerInstance | undefined, name: string) {
  const found = instance?.remainingResources?.find((one) => one.name === name)
  return found?.type === 'STRINGSET' ? found.stringSetValue : found?.integerValue
}

describe('container agents', () => {
  it('register soon after their cluster exists, over three zones', () => {
    const teller = story({ containerInstances: [{ cluster: 'later', count: 3, type: 'm5.large' }] })
    teller.after(3600)
    teller.ecs('CreateCluster', { clusterName: 'later' })
    const list = () =>
      teller.ecs('ListContainerInstances', { cluster: 'later' }).containerInstanceArns
    expect(list()).toHaveLength(0)
    teller.after(15)
    const { containerInstances } = teller.ecs('DescribeContainerInstances', {
      cluster: 'later',
      containerInstances: list(),
    })
    const zones = containerInstances.map(
      ({ attributes }: ContainerInstance) =>
        attributes?.find(({ name }) => name === 'ecs.availability-zone')?.value,
    )
    expect(zones.sort()).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c'])
    expect(containerInstances[0]).toMatchObject({
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      ec2InstanceId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
    })
    expect(resource(containerInstances[0], 'CPU')).toBe(2048)
    expect(resource(containerInstances[0], 'MEMORY')).toBeGreaterThan(7600)
    expect(resource(containerInstances[0], 'PORTS')).toEqual([
      '22',
      '2375',
      '2376',
      '51678',
      '51679',
    ])
  })

  it('of an unknown type are refused', () => {
    expect(() => story(fleet(1, 'x9.huge'))).toThrow('x9.huge')
  })

  it('bring tasks to a service that waited for them', () => {
    const teller = story({ containerInstances: [{ cluster: 'later', count: 1 }] })
    teller.revision()
    teller.ecs('CreateCluster', { clusterName: 'later' })
    teller.create({ cluster: 'later' })
    teller.after(25)
    const input = { cluster: 'later', services: ['web'] }
    const [service] = teller.ecs('DescribeServices', input).services
    expect(service).toMatchObject({ runningCount: 2 })
    expect(service.events.at(-1).message).toContain('No Container Instances were found')
  })
})

describe('a container instance', () => {
  const drain = (teller: Story, instance: ContainerInstance | undefined, status = 'DRAINING') =>
    teller.ecs('UpdateContainerInstancesState', {
      cluster: 'shop',
      containerInstances: [instance?.containerInstanceArn],
      status,
    })

  it('that drains hands its service tasks over without a gap, and keeps standalone ones', () => {
    const teller = story(fleet(2))
    teller.revision()
    teller.create({ desiredCount: 2 })
    teller.after(60)
    const [first] = instances(teller)
    const containerInstances = [first?.containerInstanceArn]
    teller.ecs('StartTask', { cluster: 'shop', taskDefinition: 'web', containerInstances })
    teller.after(30)
    expect(drain(teller, first).containerInstances[0].status).toBe('DRAINING')
    for (let i = 0; i < 120; i++) {
      teller.after(1)
      expect(teller.service().runningCount).toBeGreaterThanOrEqual(2)
    }
    const [drained, other] = instances(teller)
    expect([drained?.runningTasksCount, other?.runningTasksCount]).toEqual([1, 2])
    expect(teller.service().deployments).toHaveLength(1)
    drain(teller, first, 'ACTIVE')
    teller.update({ desiredCount: 4 })
    teller.after(60)
    expect(instances(teller)[0]?.runningTasksCount).toBe(3)
  })

  it('with tasks is deregistered by force alone', () => {
    const teller = story(fleet(2))
    teller.revision()
    teller.create({ desiredCount: 2 })
    teller.after(60)
    const containerInstance = instances(teller)[0]?.containerInstanceArn
    expect(
      teller.refusal('DeregisterContainerInstance', { cluster: 'shop', containerInstance }),
    ).toBe('InvalidParameterException: Found running tasks on the instance.')
    teller.ecs('DeregisterContainerInstance', { cluster: 'shop', containerInstance, force: true })
    expect(instances(teller)).toHaveLength(1)
    teller.after(60)
    expect(teller.tasks('STOPPED')).toMatchObject([
      { stoppedReason: 'Container instance deregistration forced by user' },
    ])
    expect(teller.service()).toMatchObject({ runningCount: 2 })
  })

  it('can be registered by an agent of somebody else', () => {
    const teller = story()
    const { containerInstance } = teller.ecs('RegisterContainerInstance', {
      cluster: 'shop',
      instanceIdentityDocument: JSON.stringify({
        instanceId: 'i-1',
        instanceType: 'm5.large',
        availabilityZone: 'us-east-1c',
      }),
      totalResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 1000 }],
      tags: [{ key: 'a', value: 'b' }],
    })
    expect(containerInstance).toMatchObject({
      ec2InstanceId: 'i-1',
      tags: [{ key: 'a', value: 'b' }],
    })
    expect(resource(containerInstance, 'CPU')).toBe(1000)
    const filter = 'attribute:ecs.availability-zone == us-east-1c'
    const list = (more: object) =>
      teller.ecs('ListContainerInstances', { cluster: 'shop', ...more })
    expect(list({ filter }).containerInstanceArns).toHaveLength(1)
    expect(list({ status: 'DRAINING' }).containerInstanceArns).toHaveLength(0)
  })
})

describe('a DAEMON service', () => {
  it('runs one task on each instance, and its count follows them', () => {
    const teller = story(fleet(3))
    teller.revision()
    expect(teller.create({ schedulingStrategy: 'DAEMON' }).deploymentConfiguration).toMatchObject({
      maximumPercent: 100,
      minimumHealthyPercent: 0,
    })
    teller.after(100)
    expect(teller.service()).toMatchObject({ desiredCount: 3, runningCount: 3 })
    expect(instances(teller).map((one) => one.runningTasksCount)).toEqual([1, 1, 1])
    const [first] = instances(teller)
    const containerInstances = [first?.containerInstanceArn]
    teller.ecs('UpdateContainerInstancesState', {
      cluster: 'shop',
      containerInstances,
      status: 'DRAINING',
    })
    teller.after(60)
    expect(teller.service()).toMatchObject({ desiredCount: 2, runningCount: 2 })
    teller.ecs('UpdateContainerInstancesState', {
      cluster: 'shop',
      containerInstances,
      status: 'ACTIVE',
    })
    teller.after(100)
    expect(teller.service()).toMatchObject({ desiredCount: 3, runningCount: 3 })
  })

  it('never has two tasks on one instance, also while it rolls out', () => {
    const teller = story(fleet(2))
    teller.revision({ portMappings: [{ containerPort: 80, hostPort: 80 }] })
    teller.create({ schedulingStrategy: 'DAEMON' })
    teller.after(100)
    teller.update({ forceNewDeployment: true })
    for (let i = 0; i < 120; i++) {
      teller.after(1)
      for (const { tasks } of teller.sim.world().instances.values()) {
        expect(tasks.size).toBeLessThanOrEqual(1)
      }
    }
    expect(teller.service()).toMatchObject({
      runningCount: 2,
      deployments: [{ rolloutState: 'COMPLETED' }],
    })
    expect(teller.events().some((text) => text.startsWith('was unable'))).toBe(false)
  })
})

describe('a task of a capacity provider', () => {
  it('waits in PROVISIONING until the provider has an instance', () => {
    const teller = story({
      containerInstances: [{ cluster: 'shop', count: 1, capacityProvider: 'group' }],
    })
    const world = teller.sim.world()
    teller.revision()
    const cluster = world.clusters.get('shop')?.cluster
    const strategy = [{ capacityProvider: 'group', weight: 1, base: 0 }]
    // No group stands behind this provider, so that no call would associate it.
    world.clusters.set('shop', {
      cluster: {
        ...cluster,
        capacityProviders: ['group'],
        defaultCapacityProviderStrategy: strategy,
      },
    })
    const instance = [...world.instances.values()][0]
    if (instance) instance.instance.status = 'DRAINING'
    teller.create({ desiredCount: 1 })
    teller.after(300)
    expect(teller.tasks()).toMatchObject([
      { lastStatus: 'PROVISIONING', capacityProviderName: 'group' },
    ])
    const containerInstances = [instance?.instance.containerInstanceArn]
    teller.ecs('UpdateContainerInstancesState', {
      cluster: 'shop',
      containerInstances,
      status: 'ACTIVE',
    })
    teller.after(60)
    expect(teller.tasks()).toMatchObject([{ lastStatus: 'RUNNING', launchType: 'EC2' }])
  })
})
