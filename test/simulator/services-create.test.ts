/** CreateService: what AWS fills in, and what it refuses. */
import { describe, expect, it } from 'vitest'
import { network, onFargate, story } from './story.ts'

/** A steady service on Fargate. */
function steady(input: Record<string, unknown> = {}) {
  const teller = story()
  teller.fargate()
  teller.create({ ...onFargate, ...input })
  teller.after(120)
  return teller
}

describe('CreateService', () => {
  it('fills in what AWS fills in', () => {
    const teller = story()
    const taskDefinition = teller.revision()
    const service = teller.create({})
    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/shop/web',
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/shop',
      status: 'ACTIVE',
      taskDefinition,
      launchType: 'EC2',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      availabilityZoneRebalancing: 'ENABLED',
      propagateTags: 'NONE',
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      placementConstraints: [],
      placementStrategy: [],
      loadBalancers: [],
      serviceRegistries: [],
      events: [],
      taskSets: [],
      resourceManagementType: 'CUSTOMER',
      runningCount: 0,
      pendingCount: 0,
    })
    expect(service.deploymentConfiguration).toEqual({
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
      deploymentCircuitBreaker: {
        enable: false,
        rollback: false,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      },
      alarms: { alarmNames: [], enable: false, rollback: false },
    })
    for (const absent of ['networkConfiguration', 'capacityProviderStrategy', 'platformVersion']) {
      expect(service).not.toHaveProperty(absent)
    }
    for (const absent of ['tags', 'roleArn', 'healthCheckGracePeriodSeconds']) {
      expect(service).not.toHaveProperty(absent)
    }
    expect(service.deployments).toMatchObject([
      {
        id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: expect.stringMatching(/^ECS deployment ecs-svc\/\d{19} in progress\.$/),
        desiredCount: 2,
        failedTasks: 0,
      },
    ])
  })

  it('shows the platform of Fargate, and LATEST on the service itself', () => {
    const service = steady().service()
    expect(service).toMatchObject({
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      networkConfiguration: {
        awsvpcConfiguration: {
          ...network.awsvpcConfiguration,
          securityGroups: [],
          assignPublicIp: 'DISABLED',
        },
      },
      deployments: [{ platformVersion: '1.4.0' }],
      roleArn: expect.stringMatching(/AWSServiceRoleForECS$/),
    })
  })

  it('freezes the default strategy of its cluster', () => {
    const teller = story()
    teller.fargate()
    teller.ecs('PutClusterCapacityProviders', {
      cluster: 'shop',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    })
    const service = teller.create({ networkConfiguration: network })
    expect(service).not.toHaveProperty('launchType')
    expect(service.capacityProviderStrategy).toEqual([
      { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 },
    ])
    teller.after(60)
    expect(teller.tasks()).toMatchObject([
      { launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' },
      { launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' },
    ])
  })

  it('splits tasks over providers: base first, then by weight', () => {
    const teller = story()
    teller.fargate()
    teller.ecs('PutClusterCapacityProviders', {
      cluster: 'shop',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    })
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', base: 2, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ]
    teller.create({ networkConfiguration: network, desiredCount: 10, capacityProviderStrategy })
    teller.after(60)
    const spot = teller.tasks().filter((task) => task.capacityProviderName === 'FARGATE_SPOT')
    expect(spot).toHaveLength(6)
    const few = { serviceName: 'few', desiredCount: 2, networkConfiguration: network }
    teller.create({ ...few, capacityProviderStrategy: capacityProviderStrategy.reverse() })
    teller.after(60)
    expect(teller.tasks('RUNNING', 'few').map((task) => task.capacityProviderName)).toEqual([
      'FARGATE',
      'FARGATE',
    ])
  })

  it('turns zone rebalancing off where it is not supported', () => {
    const teller = story()
    teller.revision()
    const rebalancing = (serviceName: string, input: Record<string, unknown>) =>
      teller.create({ serviceName, ...input }).availabilityZoneRebalancing
    const binpack = { placementStrategy: [{ type: 'binpack', field: 'cpu' }] }
    const spread = {
      placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
    }
    expect(rebalancing('a', binpack)).toBe('DISABLED')
    expect(rebalancing('b', spread)).toBe('ENABLED')
    expect(rebalancing('c', { schedulingStrategy: 'DAEMON' })).toBe('DISABLED')
    const full = { maximumPercent: 100, minimumHealthyPercent: 50 }
    expect(rebalancing('d', { deploymentConfiguration: full })).toBe('DISABLED')
    expect(
      teller.refusal('CreateService', {
        cluster: 'shop',
        serviceName: 'e',
        taskDefinition: 'web',
        desiredCount: 1,
        availabilityZoneRebalancing: 'ENABLED',
        ...binpack,
      }),
    ).toMatch(/^InvalidParameterException/)
  })

  it('is idempotent by client token and equal input alone', () => {
    const teller = story()
    teller.revision()
    const input = { cluster: 'shop', serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }
    const { service } = teller.ecs('CreateService', { ...input, clientToken: 'one' })
    expect(
      teller.ecs('CreateService', { ...input, clientToken: 'one' }).service.deployments[0].id,
    ).toBe(service.deployments[0].id)
    const not = 'InvalidParameterException: Creation of service was not idempotent.'
    expect(teller.refusal('CreateService', { ...input, clientToken: 'two' })).toBe(not)
    expect(teller.refusal('CreateService', { ...input, clientToken: 'one', desiredCount: 2 })).toBe(
      not,
    )
    expect(teller.refusal('CreateService', input)).toBe(not)
  })

  it.each([
    [{ cluster: 'none' }, 'ClusterNotFoundException: Cluster not found.'],
    [{ taskDefinition: 'none' }, 'ClientException: TaskDefinition not found.'],
    [{ taskDefinition: 'gone:1' }, 'ClientException: TaskDefinition is inactive'],
    [
      { networkConfiguration: undefined },
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      { taskDefinition: 'bridge' },
      'InvalidParameterException: Network Configuration is not valid for the given networkMode of this task definition.',
      { launchType: 'EC2' },
    ],
    [
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      /^InvalidParameterException: Error retrieving subnet information for \[subnet-1\]: .*\(ErrorCode: InvalidSubnetID\.NotFound\)$/,
    ],
    [
      {
        networkConfiguration: {
          awsvpcConfiguration: { ...network.awsvpcConfiguration, securityGroups: ['sg-1'] },
        },
      },
      /\(ErrorCode: InvalidGroup\.NotFound\)$/,
    ],
    [
      {
        launchType: 'EC2',
        networkConfiguration: {
          awsvpcConfiguration: { ...network.awsvpcConfiguration, assignPublicIp: 'ENABLED' },
        },
      },
      'InvalidParameterException: Assign public IP is not supported for this launch type.',
    ],
    [
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    ],
    [
      { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      /not associated with the cluster/,
    ],
    [
      {
        loadBalancers: [
          {
            targetGroupArn:
              'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef',
            containerName: 'x',
            containerPort: 80,
          },
        ],
      },
      'InvalidParameterException: The container x does not exist in the task definition.',
    ],
    [
      {
        loadBalancers: [
          {
            targetGroupArn:
              'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef',
            containerName: 'app',
            containerPort: 81,
          },
        ],
      },
      'InvalidParameterException: The container app did not have a container port 81 defined.',
    ],
    [{ desiredCount: undefined }, /^InvalidParameterException/],
    [{ serviceName: 'a b' }, /^InvalidParameterException/],
    [{ placementConstraints: [{ type: 'distinctInstance' }] }, /FARGATE/],
    [
      {
        taskDefinition: 'bridge',
        launchType: 'EC2',
        networkConfiguration: undefined,
        placementConstraints: [{ type: 'memberOf', expression: 'attribute:x ==' }],
      },
      /^InvalidParameterException: Invalid placement constraint expression/,
    ],
    [{ schedulingStrategy: 'DAEMON', desiredCount: undefined }, /^InvalidParameterException/],
  ] as [Record<string, unknown>, string | RegExp, Record<string, unknown>?][])(
    'refuses %j',
    (wrong, message, more = {}) => {
      const teller = story()
      teller.fargate()
      teller.revision({}, { family: 'bridge' })
      teller.revision({}, { family: 'gone' })
      teller.ecs('DeregisterTaskDefinition', { taskDefinition: 'gone:1' })
      const input = {
        cluster: 'shop',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        ...onFargate,
      }
      const refusal = teller.refusal('CreateService', { ...input, ...more, ...wrong })
      expect(refusal).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      )
      expect(teller.sim.world().services.size).toBe(0)
    },
  )
})
