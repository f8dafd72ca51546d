/** The service operations: what AWS fills in, keeps, refuses, pages, and what becomes of a deleted service. */
import { describe, expect, it } from 'vitest'
import { network, onFargate, story } from './story.ts'

const roll = (input: Record<string, unknown>) => ({ cluster: 'shop', service: 'web', ...input })

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

describe('UpdateService', () => {
  const lb = {
    targetGroupArn:
      'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef',
    containerName: 'app',
    containerPort: 80,
  }

  it.each([
    [{ taskDefinition: 'web:2' }],
    [{ forceNewDeployment: true }],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000c'] } } }],
    [{ loadBalancers: [lb] }],
    [
      {
        serviceRegistries: [
          { registryArn: 'arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1' },
        ],
      },
    ],
    [{ serviceConnectConfiguration: { enabled: false } }],
    [{ vpcLatticeConfigurations: [{ roleArn: 'r', targetGroupArn: 't', portName: 'p' }] }],
    [{ platformVersion: '1.3.0' }],
  ] as [Record<string, unknown>][])('deploys for %j', (input) => {
    const teller = story()
    const portMappings = [{ containerPort: 80 }]
    teller.fargate(undefined, { portMappings })
    teller.create(onFargate)
    teller.after(120)
    teller.fargate(undefined, { portMappings })
    expect(teller.update(input).deployments).toHaveLength(2)
    teller.after(700)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    // Sent again, the same value deploys nothing, but for the order to deploy anyhow.
    expect(teller.update(input).deployments).toHaveLength(input.forceNewDeployment ? 2 : 1)
  })

  it.each([
    [{}],
    [{ desiredCount: 3 }],
    [{ taskDefinition: 'web:1' }],
    [{ deploymentConfiguration: { maximumPercent: 150 } }],
    [{ availabilityZoneRebalancing: 'DISABLED' }],
    [{ healthCheckGracePeriodSeconds: 30 }],
    [{ enableExecuteCommand: true }],
    [{ enableECSManagedTags: true }],
    [{ propagateTags: 'SERVICE' }],
  ])('does not deploy for %j', (input) => {
    const teller = steady()
    const service = teller.update(input)
    expect(service.deployments).toHaveLength(1)
    if (!('taskDefinition' in input)) expect(service).toMatchObject(input)
  })

  it('keeps members of the deployment configuration that it leaves out', () => {
    const teller = steady({
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          thresholdConfiguration: { type: 'COUNT', value: 9 },
        },
      },
    })
    const { deploymentConfiguration } = teller.update({
      deploymentConfiguration: {
        maximumPercent: 150,
        deploymentCircuitBreaker: { enable: true, rollback: false },
      },
    })
    expect(deploymentConfiguration).toMatchObject({
      maximumPercent: 150,
      minimumHealthyPercent: 50,
      deploymentCircuitBreaker: { rollback: false, thresholdConfiguration: { value: 9 } },
    })
  })

  it('clears lists that are sent empty, and keeps those that are not sent', () => {
    const teller = story()
    teller.revision()
    const placementConstraints = [{ type: 'distinctInstance' }]
    teller.create({ placementConstraints })
    expect(teller.update({ desiredCount: 1 })).toMatchObject({ placementConstraints })
    expect(teller.update({ placementConstraints: [] })).toMatchObject({ placementConstraints: [] })
  })

  it('changes the strategy only with a new deployment, and an empty one returns to the launch type', () => {
    const teller = steady()
    teller.ecs('PutClusterCapacityProviders', {
      cluster: 'shop',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    })
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]
    expect(teller.refusal('UpdateService', roll({ capacityProviderStrategy }))).toBe(
      'InvalidParameterException: When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
    )
    const service = teller.update({ capacityProviderStrategy, forceNewDeployment: true })
    expect(service).toMatchObject({ capacityProviderStrategy })
    expect(service).not.toHaveProperty('launchType')
    const back = teller.update({ capacityProviderStrategy: [], forceNewDeployment: true })
    expect(back).toMatchObject({ launchType: 'FARGATE' })
    expect(back).not.toHaveProperty('capacityProviderStrategy')
  })

  it('scales a service whose revision was deregistered', () => {
    const teller = steady()
    teller.ecs('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    teller.update({ desiredCount: 3 })
    teller.after(60)
    expect(teller.service()).toMatchObject({ runningCount: 3 })
  })

  it('echoes what only deployments and revisions show', () => {
    const teller = story()
    teller.fargate()
    const serviceConnectConfiguration = { enabled: true, namespace: 'inner' }
    const service = teller.create({ ...onFargate, serviceConnectConfiguration })
    expect(service).not.toHaveProperty('serviceConnectConfiguration')
    expect(service.deployments).toMatchObject([{ serviceConnectConfiguration }])
    const [revision] = service.currentServiceRevisions ?? []
    const { serviceRevisions } = teller.ecs('DescribeServiceRevisions', {
      serviceRevisionArns: [revision?.arn, `${revision?.arn}0`],
    })
    expect(serviceRevisions).toMatchObject([
      {
        taskDefinition: service.taskDefinition,
        serviceConnectConfiguration,
        containerImages: [
          {
            containerName: 'app',
            image: 'nginx:1.27',
            imageDigest: expect.stringMatching(/^sha256:/),
          },
        ],
      },
    ])
  })

  it('is refused where there is no ACTIVE service', () => {
    const teller = steady()
    expect(teller.refusal('UpdateService', roll({ service: 'none' }))).toBe(
      'ServiceNotFoundException: Service not found.',
    )
    teller.ecs('DeleteService', roll({ force: true }))
    expect(teller.refusal('UpdateService', roll({}))).toBe(
      'ServiceNotActiveException: Service was not ACTIVE.',
    )
  })
})

describe('a deleted service', () => {
  it('is DRAINING while its tasks stop, then INACTIVE for some hours, then MISSING', () => {
    const teller = steady()
    expect(teller.refusal('DeleteService', roll({}))).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    )
    const { service } = teller.ecs('DeleteService', roll({ force: true }))
    expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0, runningCount: 2 })
    expect(teller.ecs('ListServices', { cluster: 'shop' }).serviceArns).toEqual([])
    const input = {
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 1,
      ...onFargate,
    }
    expect(teller.refusal('CreateService', input)).toBe(
      'InvalidParameterException: Unable to Start a service that is still Draining.',
    )
    teller.after(60)
    expect(teller.service()).toMatchObject({ status: 'INACTIVE', runningCount: 0, deployments: [] })
    expect(teller.refusal('DeleteService', roll({}))).toBe(
      'ServiceNotFoundException: Service not found.',
    )
    teller.after(12 * 3600)
    expect(teller.ecs('DescribeServices', { cluster: 'shop', services: ['web'] })).toEqual({
      services: [],
      failures: [{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/shop/web', reason: 'MISSING' }],
    })
  })

  it('gives its name free once it is INACTIVE', () => {
    const teller = steady()
    teller.update({ desiredCount: 0 })
    teller.after(30)
    teller.ecs('DeleteService', roll({}))
    teller.after(10)
    teller.create(onFargate)
    teller.after(120)
    expect(teller.service()).toMatchObject({ status: 'ACTIVE', runningCount: 2 })
  })
})

describe('lists and describes', () => {
  it('page services by ten, and describe at most ten', () => {
    const teller = story()
    teller.revision()
    const names = Array.from({ length: 13 }, (_, i) => `s${String(i).padStart(2, '0')}`)
    for (const serviceName of names) teller.create({ serviceName })
    const first = teller.ecs('ListServices', { cluster: 'shop' })
    expect(first.serviceArns).toHaveLength(10)
    const { nextToken } = first
    const second = teller.ecs('ListServices', { cluster: 'shop', nextToken })
    const all = [...first.serviceArns, ...second.serviceArns]
    expect(all.map((arn: string) => arn.split('/').at(-1))).toEqual(names)
    expect(second).not.toHaveProperty('nextToken')
    const services = names.slice(0, 11)
    expect(teller.refusal('DescribeServices', { cluster: 'shop', services })).toMatch(
      /^InvalidParameterException/,
    )
    expect(teller.refusal('DescribeServices', { cluster: 'none', services: ['a'] })).toMatch(
      /^ClusterNotFoundException/,
    )
  })

  it('show tags only when asked, and by ARN as by name', () => {
    const teller = story()
    teller.revision()
    const tags = [{ key: 'team', value: 'a' }]
    const { serviceArn } = teller.create({ tags })
    const describe = (more: object) =>
      teller.ecs('DescribeServices', { cluster: 'shop', services: [serviceArn], ...more })
        .services[0]
    expect(describe({})).not.toHaveProperty('tags')
    expect(describe({ include: ['TAGS'] })).toMatchObject({ tags })
  })

  it('count a cluster, which cannot be deleted meanwhile', () => {
    const teller = steady()
    const [cluster] = teller.ecs('DescribeClusters', { clusters: ['shop'] }).clusters
    expect(cluster).toMatchObject({ runningTasksCount: 2, activeServicesCount: 1 })
    expect(teller.refusal('DeleteCluster', { cluster: 'shop' })).toMatch(
      /^ClusterContainsServicesException/,
    )
    teller.ecs('DeleteService', roll({ force: true }))
    teller.after(60)
    expect(teller.ecs('DeleteCluster', { cluster: 'shop' }).cluster.status).toBe('INACTIVE')
  })
})
