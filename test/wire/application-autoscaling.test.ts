/** Application Auto Scaling by way of its real client: a service is scaled in virtual time. */
import * as scaling from '@aws-sdk/client-application-auto-scaling'
import * as ecs from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { createSimulator } from '../../src/simulator/index.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import { clientConfig } from './client.ts'

const region = 'eu-west-1'
const minute = 60_000
const of = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/shop/web',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const

/** A service with two tasks that run, over the wire. */
async function stage() {
  const clock = { now: Date.UTC(2026, 2, 1, 12) }
  const simulator = createSimulator({ now: () => clock.now })
  const config = clientConfig(createWire(simulator.call), region)
  const services = new ecs.ECSClient(config)
  await services.send(new ecs.CreateClusterCommand({ clusterName: 'shop' }))
  await services.send(
    new ecs.RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
    }),
  )
  await services.send(
    new ecs.CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
    }),
  )
  clock.now += 5 * minute
  const described = new ecs.DescribeServicesCommand({ cluster: 'shop', services: ['web'] })
  return {
    clock,
    simulator,
    client: new scaling.ApplicationAutoScalingClient(config),
    count: async () => (await services.send(described)).services?.[0]?.desiredCount,
  }
}

it('scales a service by what its client asked for', async () => {
  const { clock, simulator, client, count } = await stage()
  const registered = await client.send(
    new scaling.RegisterScalableTargetCommand({
      ...of,
      MinCapacity: 2,
      MaxCapacity: 6,
      Tags: { team: 'shop' },
    }),
  )
  const ResourceARN = registered.ScalableTargetARN ?? ''
  expect(ResourceARN).toMatch(
    /^arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target\/[0-9a-z]{36}$/,
  )
  await client.send(
    new scaling.TagResourceCommand({ ResourceARN, Tags: { 'fairlead:owner': 'default' } }),
  )
  const { Tags } = await client.send(new scaling.ListTagsForResourceCommand({ ResourceARN }))
  expect(Tags).toEqual({ team: 'shop', 'fairlead:owner': 'default' })
  const { Alarms = [] } = await client.send(
    new scaling.PutScalingPolicyCommand({
      ...of,
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 37.5,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        ScaleInCooldown: 60,
      },
    }),
  )
  expect(Alarms.map(({ AlarmName }) => AlarmName)).toEqual([
    expect.stringMatching(/^TargetTracking-service\/shop\/web-AlarmHigh-/),
    expect.stringMatching(/^TargetTracking-service\/shop\/web-AlarmLow-/),
  ])
  simulator.disturb({ setLoad: 'shop/web', work: 150 }, { region })
  clock.now += 10 * minute
  expect(await count()).toBe(4)
  const { ScalingActivities = [] } = await client.send(
    new scaling.DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs' }),
  )
  expect(ScalingActivities[0]).toMatchObject({
    ResourceId: of.ResourceId,
    Description: 'Setting desired count to 4.',
    StartTime: expect.any(Date),
  })
  const { ScalingPolicies = [] } = await client.send(
    new scaling.DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', PolicyNames: ['cpu'] }),
  )
  expect(ScalingPolicies[0]?.TargetTrackingScalingPolicyConfiguration?.TargetValue).toBe(37.5)
  await client.send(new scaling.DeleteScalingPolicyCommand({ ...of, PolicyName: 'cpu' }))
  await client.send(new scaling.DeregisterScalableTargetCommand(of))
  const left = await client.send(
    new scaling.DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  )
  expect(left.ScalableTargets).toEqual([])
})

it('refuses by the exceptions that its client knows', async () => {
  const { client } = await stage()
  await expect(client.send(new scaling.DeregisterScalableTargetCommand(of))).rejects.toBeInstanceOf(
    scaling.ObjectNotFoundException,
  )
  await expect(
    client.send(
      new scaling.RegisterScalableTargetCommand({
        ...of,
        ResourceId: 'service/shop/none',
        MinCapacity: 1,
        MaxCapacity: 2,
      }),
    ),
  ).rejects.toThrow("ECS service doesn't exist: service/shop/none")
  await expect(
    client.send(new scaling.ListTagsForResourceCommand({ ResourceARN: 'arn:aws:x' })),
  ).rejects.toBeInstanceOf(scaling.ResourceNotFoundException)
})
