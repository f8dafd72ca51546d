/** The service operations: what updates keep and deploy, pages, and what becomes of a deleted service. */
import { describe, expect, it } from 'vitest'
import { onFargate, story } from './story.ts'

const roll = (input: Record<string, unknown>) => ({ cluster: 'shop', service: 'web', ...input })

/** A steady service on Fargate. */
function steady(input: Record<string, unknown> = {}) {
  const teller = story()
  teller.fargate()
  teller.create({ ...onFargate, ...input })
  teller.after(120)
  return teller
}

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
