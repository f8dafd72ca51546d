/** Capacity providers of Auto Scaling groups: association, managed scaling, protection, draining, deletion. */
import { describe, expect, it } from 'vitest'
import { containerInstances, createGroup, group, newStage, template } from './hosts.ts'
import type { Stage } from './stage.ts'

/** The provider `hosts` of the group `hosts`. */
function createProvider(on: Stage, more: Record<string, unknown> = {}) {
  return on.call('ecs:CreateCapacityProvider', {
    name: 'hosts',
    autoScalingGroupProvider: {
      autoScalingGroupArn: 'hosts',
      managedScaling: { status: 'ENABLED' },
      ...more,
    },
  }).capacityProvider
}

function associate(on: Stage, names: readonly string[] = ['hosts'], cluster = 'shop') {
  return on.call('ecs:PutClusterCapacityProviders', {
    cluster,
    capacityProviders: names,
    defaultCapacityProviderStrategy: names.map((capacityProvider) => ({
      capacityProvider,
      weight: 1,
    })),
  }).cluster
}

/** A group that may be empty, its provider, and the cluster that uses it. */
function elastic(provider: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  const on = newStage()
  template(on)
  createGroup(on, { MinSize: 0, MaxSize: 9, ...more })
  createProvider(on, provider)
  associate(on)
  on.after(10)
  return on
}

function service(on: Stage, desiredCount: number, container: Record<string, unknown> = {}) {
  on.call('ecs:RegisterTaskDefinition', {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 3000, cpu: 512, ...container }],
  })
  on.call('ecs:CreateService', {
    cluster: 'shop',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount,
  })
}

const scale = (on: Stage, desiredCount: number) =>
  on.call('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount })
const desired = (on: Stage): number => group(on).DesiredCapacity
const running = (on: Stage) =>
  on.call('ecs:DescribeServices', { cluster: 'shop', services: ['web'] }).services[0].runningCount
const provider = (on: Stage, name = 'hosts') =>
  on.call('ecs:DescribeCapacityProviders', { capacityProviders: [name] }).capacityProviders[0]

describe('a capacity provider', () => {
  it('shows its group by ARN and the defaults, and marks the group', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    const made = createProvider(on)
    expect(made).toMatchObject({
      capacityProviderArn: 'arn:aws:ecs:us-east-1:123456789012:capacity-provider/hosts',
      status: 'ACTIVE',
      type: 'EC2_AUTOSCALING',
      autoScalingGroupProvider: {
        autoScalingGroupArn: group(on).AutoScalingGroupARN,
        managedScaling: {
          status: 'ENABLED',
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10_000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
    })
    expect(group(on).Tags).toMatchObject([{ Key: 'AmazonECSManaged', PropagateAtLaunch: true }])
    const names = on
      .call('ecs:DescribeCapacityProviders')
      .capacityProviders.map((one: { name: string }) => one.name)
    expect(names).toEqual(['FARGATE', 'FARGATE_SPOT', 'hosts'])
  })

  it('is attached with its policy and its hook, and leaves them when it is taken away', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    createProvider(on)
    expect(associate(on)).toMatchObject({
      attachmentsStatus: 'UPDATE_IN_PROGRESS',
      attachments: [
        { type: 'as_policy', status: 'CREATING', details: [{ value: 'hosts' }, {}] },
        { type: 'managed_draining' },
      ],
    })
    expect(
      on.refusal('ecs:PutClusterCapacityProviders', {
        cluster: 'shop',
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      }),
    ).toMatch(/^UpdateInProgressException/)
    on.after(10)
    const of = { AutoScalingGroupName: 'hosts' }
    const policies = () => on.call('autoscaling:DescribePolicies', of).ScalingPolicies
    const hooks = () => on.call('autoscaling:DescribeLifecycleHooks', of).LifecycleHooks
    expect(policies()).toMatchObject([
      { PolicyName: expect.stringMatching(/^ECSManagedAutoScalingPolicy-/) },
    ])
    expect(hooks()).toMatchObject([{ LifecycleHookName: 'ecs-managed-draining-termination-hook' }])
    associate(on, [])
    expect([...policies(), ...hooks()]).toEqual([])
  })

  it('lends its name to instances that register after it was associated', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    on.after(60)
    createProvider(on)
    associate(on)
    on.call('autoscaling:SetDesiredCapacity', { AutoScalingGroupName: 'hosts', DesiredCapacity: 3 })
    on.after(60)
    const names = containerInstances(on).map(
      (one: { capacityProviderName?: string }) => one.capacityProviderName,
    )
    expect(names.sort()).toEqual(['hosts', undefined, undefined])
  })

  it('is deleted once nothing is attached, in its own time, and its name is free again', () => {
    const on = elastic()
    const input = { capacityProvider: 'hosts' }
    expect(on.refusal('ecs:DeleteCapacityProvider', input)).toBe(
      'ClientException: The capacity provider cannot be deleted because it is associated with cluster: shop. Remove the capacity provider from the cluster and try again.',
    )
    expect(on.refusal('ecs:DeleteCluster', { cluster: 'shop' })).toMatch(
      /^ClusterContainsCapacityProviderException/,
    )
    associate(on, [])
    on.after(10)
    on.call('ecs:DeleteCapacityProvider', input)
    expect(provider(on)).toMatchObject({ status: 'ACTIVE', updateStatus: 'DELETE_IN_PROGRESS' })
    on.after(15)
    expect(provider(on)).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' })
    createProvider(on)
    expect(provider(on).status).toBe('ACTIVE')
  })

  it('is refused as ECS does', () => {
    const on = elastic()
    const refused = (name: string, arn: string, more: Record<string, unknown> = {}) =>
      on.refusal('ecs:CreateCapacityProvider', {
        name,
        autoScalingGroupProvider: { autoScalingGroupArn: arn, ...more },
      })
    expect(refused('hosts', 'hosts')).toMatch(/^ClientException: .*already exists/)
    expect(refused('other', 'hosts')).toMatch(/^ClientException: .*already being used/)
    expect(refused('other', 'none')).toMatch(/^ClientException: .*none was not found/)
    expect(refused('ecs-hosts', 'hosts')).toMatch(/^ClientException: .*name is invalid/)
    createGroup(on, { AutoScalingGroupName: 'second' })
    expect(refused('other', 'second', { managedTerminationProtection: 'ENABLED' })).toMatch(
      /^InvalidParameterException: The managed termination protection setting/,
    )
    on.call('ecs:CreateCluster', { clusterName: 'other' })
    expect(
      on.refusal('ecs:PutClusterCapacityProviders', {
        cluster: 'other',
        capacityProviders: ['hosts'],
        defaultCapacityProviderStrategy: [],
      }),
    ).toMatch(/^InvalidParameterException: .*another cluster/)
    on.call('ecs:UpdateCapacityProvider', {
      name: 'hosts',
      autoScalingGroupProvider: { managedScaling: { targetCapacity: 80 } },
    })
    expect(provider(on)).toMatchObject({
      updateStatus: 'UPDATE_IN_PROGRESS',
      autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', targetCapacity: 80 } },
    })
    expect(
      on.refusal('ecs:UpdateCapacityProvider', { name: 'hosts', autoScalingGroupProvider: {} }),
    ).toMatch(/^UpdateInProgressException/)
    on.after(10)
    expect(provider(on).updateStatus).toBe('UPDATE_COMPLETE')
  })
})

describe('managed scaling', () => {
  it('goes from nothing to two instances, and on to as many as the tasks need', () => {
    const on = elastic()
    service(on, 6)
    on.after(2)
    const { taskArns } = on.call('ecs:ListTasks', { cluster: 'shop' })
    const { tasks } = on.call('ecs:DescribeTasks', { cluster: 'shop', tasks: taskArns })
    expect(tasks).toHaveLength(6)
    expect(tasks[0]).toMatchObject({ lastStatus: 'PROVISIONING', capacityProviderName: 'hosts' })
    const seen = new Set<number>()
    for (let i = 0; i < 36; i++) {
      on.after(10)
      seen.add(desired(on))
    }
    expect([...seen]).toEqual([0, 2, 3].slice(seen.has(0) ? 0 : 1))
    expect(running(on)).toBe(6)
  })

  it('keeps room to spare for a target below 100', () => {
    const on = elastic({ managedScaling: { status: 'ENABLED', targetCapacity: 50 } })
    service(on, 4)
    on.after(1200)
    expect(running(on)).toBe(4)
    expect(desired(on)).toBe(4)
  })

  it('steps within its bounds, and never beyond the group', () => {
    const on = elastic({ managedScaling: { status: 'ENABLED', maximumScalingStepSize: 1 } })
    service(on, 30)
    on.after(50)
    expect(desired(on)).toBe(1)
    on.after(60)
    expect(desired(on)).toBe(2)
    on.after(1800)
    expect(desired(on)).toBe(9)
  })

  it('adds instances for tasks that those of the group cannot take', () => {
    const on = newStage()
    template(on)
    createGroup(on, { MaxSize: 9 })
    on.after(60)
    createProvider(on)
    associate(on)
    on.after(10)
    service(on, 2)
    on.after(300)
    // The two that came before the provider belong to nobody's provider.
    expect(desired(on)).toBe(3)
    expect(running(on)).toBe(2)
  })

  it('leaves a task alone that fits no instance of the group', () => {
    const on = elastic()
    service(on, 1, { memory: 16_000 })
    on.after(600)
    expect(desired(on)).toBe(0)
    expect(
      on.call('ecs:ListTasks', { cluster: 'shop', desiredStatus: 'RUNNING' }).taskArns,
    ).toHaveLength(1)
  })

  it('shrinks after fifteen low minutes, and what runs is protected', () => {
    const on = elastic({ managedTerminationProtection: 'ENABLED' })
    service(on, 6)
    on.after(600)
    expect(desired(on)).toBe(3)
    const isProtected = () =>
      group(on).Instances.map((one: { ProtectedFromScaleIn: boolean }) => one.ProtectedFromScaleIn)
    expect(isProtected()).toEqual([true, true, true])
    scale(on, 1)
    on.after(14 * 60)
    expect(desired(on)).toBe(3)
    expect(isProtected().filter((one: boolean) => one)).toHaveLength(1)
    on.after(4 * 60)
    expect(desired(on)).toBe(1)
    on.after(120)
    expect(running(on)).toBe(1)
    expect(containerInstances(on)).toHaveLength(1)
    scale(on, 0)
    on.after(20 * 60)
    expect(desired(on)).toBe(0)
  })

  it('counts an instance that only daemons run on as empty', () => {
    const on = elastic({}, { MinSize: 0, DesiredCapacity: 1 })
    on.after(60)
    on.call('ecs:RegisterTaskDefinition', {
      family: 'daemon',
      containerDefinitions: [{ name: 'app', image: 'agent', memory: 64 }],
    })
    on.call('ecs:CreateService', {
      cluster: 'shop',
      serviceName: 'daemon',
      taskDefinition: 'daemon',
      schedulingStrategy: 'DAEMON',
      launchType: 'EC2',
    })
    on.after(60)
    expect(containerInstances(on)[0].runningTasksCount).toBe(1)
    on.after(25 * 60)
    expect(desired(on)).toBe(0)
  })

  it('fails a task at once where it is off', () => {
    const on = elastic({ managedScaling: { status: 'DISABLED' } })
    on.call('ecs:RegisterTaskDefinition', {
      family: 'job',
      containerDefinitions: [{ name: 'app', image: 'job', memory: 64 }],
    })
    expect(on.call('ecs:RunTask', { cluster: 'shop', taskDefinition: 'job' })).toEqual({
      tasks: [],
      failures: [{ reason: 'EMPTY CAPACITY PROVIDER' }],
    })
    service(on, 1)
    on.after(300)
    expect(desired(on)).toBe(0)
    const [shown] = on.call('ecs:DescribeServices', { cluster: 'shop', services: ['web'] }).services
    expect(shown.events[0].message).toContain('No Container Instances were found')
  })
})

describe('managed draining', () => {
  it('moves tasks away before an instance is terminated', () => {
    const on = elastic({}, { DesiredCapacity: 3, MinSize: 2 })
    on.after(60)
    service(on, 3, { memory: 128 })
    on.after(90)
    expect(running(on)).toBe(3)
    on.call('autoscaling:SetDesiredCapacity', { AutoScalingGroupName: 'hosts', DesiredCapacity: 2 })
    on.after(3)
    const states = () =>
      group(on).Instances.map((one: { LifecycleState: string }) => one.LifecycleState)
    expect(states().sort()).toEqual(['InService', 'InService', 'Terminating:Wait'])
    for (let i = 0; i < 120; i++) {
      on.after(1)
      expect(running(on)).toBeGreaterThanOrEqual(3)
    }
    on.after(60)
    expect(states()).toEqual(['InService', 'InService'])
    expect(containerInstances(on)).toHaveLength(2)
  })
})
