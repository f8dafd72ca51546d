/** EC2 and Auto Scaling by way of their real clients say what they say when called directly: one story, told twice. */
import * as autoscaling from '@aws-sdk/client-auto-scaling'
import * as ec2 from '@aws-sdk/client-ec2'
import * as ecs from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { createSimulator, type Simulator } from '../../src/simulator/index.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import { clientConfig } from './client.ts'

const region = 'eu-west-1'
const minute = 60_000
const name = { AutoScalingGroupName: 'hosts' }
const host = { LaunchTemplateName: 'host' }
const userData = '#!/bin/sh\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n'

/** Operations in order, with the time that passes after each. */
const story: readonly (readonly [
  operation: string,
  input: Record<string, unknown>,
  thenMs?: number,
])[] = [
  ['ec2:CreateKeyPair', { KeyName: 'key' }],
  [
    'ec2:CreateLaunchTemplate',
    {
      ...host,
      VersionDescription: 'first',
      LaunchTemplateData: {
        ImageId: 'ami-0defa0000000000a1',
        InstanceType: 'm5.large',
        KeyName: 'key',
        SecurityGroupIds: ['sg-0defa000000000000'],
        UserData: Buffer.from(userData).toString('base64'),
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: 'b' }] }],
      },
      TagSpecifications: [
        { ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'shop' }] },
      ],
    },
  ],
  ['ec2:CreateLaunchTemplate', { ...host, LaunchTemplateData: { InstanceType: 'm5.large' } }],
  [
    'ec2:CreateLaunchTemplateVersion',
    { ...host, SourceVersion: '1', LaunchTemplateData: { InstanceType: 'c5.large' } },
  ],
  ['ec2:DescribeLaunchTemplateVersions', { ...host, Versions: ['$Latest', '1'] }],
  ['ec2:ModifyLaunchTemplate', { ...host, DefaultVersion: '2' }],
  ['ec2:DescribeLaunchTemplates', { LaunchTemplateNames: ['host'] }],
  ['ec2:DescribeLaunchTemplates', { LaunchTemplateNames: ['none'] }],
  ['ec2:DeleteLaunchTemplateVersions', { ...host, Versions: ['1', '2'] }],
  ['ec2:DescribeImages', { Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['al2023*'] }] }],
  ['ec2:DescribeInstanceTypes', { InstanceTypes: ['m5.large'] }],
  [
    'autoscaling:CreateAutoScalingGroup',
    {
      ...name,
      MinSize: 1,
      MaxSize: 3,
      DesiredCapacity: 2,
      LaunchTemplate: { ...host, Version: '$Default' },
      VPCZoneIdentifier: 'subnet-0defa00000000000a,subnet-0defa00000000000b',
      Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: true }],
    },
  ],
  ['autoscaling:CreateAutoScalingGroup', { ...name, MinSize: 1, MaxSize: 1 }],
  ['autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['hosts'] }, minute],
  ['autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['hosts'] }],
  ['autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['none'] }],
  ['autoscaling:DescribeAutoScalingInstances', {}],
  ['autoscaling:DescribeScalingActivities', name],
  ['autoscaling:DescribeLifecycleHooks', name],
  ['autoscaling:DescribeTags', { Filters: [{ Name: 'key', Values: ['team'] }] }],
  ['autoscaling:DescribeWarmPool', name],
  ['ec2:DescribeInstances', { Filters: [{ Name: 'tag:team', Values: ['shop'] }] }],
  ['ec2:DescribeInstanceStatus', {}],
  ['ec2:DescribeInstances', { InstanceIds: ['i-00000000000000000'] }],
  ['autoscaling:UpdateAutoScalingGroup', { ...name, MaxSize: 4, DesiredCapacity: 3 }],
  [
    'autoscaling:StartInstanceRefresh',
    { ...name, Preferences: { MinHealthyPercentage: 50, InstanceWarmup: 0 } },
  ],
  ['autoscaling:StartInstanceRefresh', name, minute],
  ['autoscaling:DescribeInstanceRefreshes', name],
  ['ecs:CreateCluster', { clusterName: 'shop' }],
  [
    'ecs:CreateCapacityProvider',
    {
      name: 'hosts',
      autoScalingGroupProvider: {
        autoScalingGroupArn: 'hosts',
        managedScaling: { status: 'ENABLED' },
      },
    },
  ],
  [
    'ecs:PutClusterCapacityProviders',
    { cluster: 'shop', capacityProviders: ['hosts'], defaultCapacityProviderStrategy: [] },
    minute,
  ],
  ['ecs:DescribeClusters', { clusters: ['shop'], include: ['ATTACHMENTS'] }],
  ['autoscaling:DescribePolicies', name],
  ['autoscaling:DeleteAutoScalingGroup', name],
  ['autoscaling:DeleteAutoScalingGroup', { ...name, ForceDelete: true }, minute],
  ['autoscaling:DescribeAutoScalingGroups', {}],
  ['ec2:DeleteLaunchTemplate', host],
  ['ec2:DeleteKeyPair', { KeyName: 'key' }],
  ['ec2:DeleteKeyPair', { KeyName: 'key' }],
]

function onClock() {
  const clock = { now: Date.UTC(2026, 2, 1, 12, 0, 0, 125) }
  return { clock, simulator: createSimulator({ now: () => clock.now }) }
}

type Told = { answer: unknown } | { code: string; message: string }

async function tell(call: () => unknown): Promise<Told> {
  try {
    return { answer: await call() }
  } catch (error) {
    // A query error's code on the wire is not the name of its shape: AlreadyExists, AlreadyExistsFault.
    const { name: shape, message, ...more } = error as Error & { Code?: string; code?: string }
    return { code: more.code ?? more.Code ?? shape, message }
  }
}

function wireCaller(simulator: Simulator) {
  const wire = createWire(simulator.call)
  const clients = {
    autoscaling: [new autoscaling.AutoScalingClient(clientConfig(wire, region)), autoscaling],
    ec2: [new ec2.EC2Client(clientConfig(wire, region)), ec2],
    ecs: [new ecs.ECSClient(clientConfig(wire, region)), ecs],
  } as const
  return async (operation: string, input: object) => {
    const [service, verb] = operation.split(':') as [keyof typeof clients, string]
    const [client, module] = clients[service]
    const Command = (module as unknown as Record<string, new (input: object) => never>)[
      `${verb}Command`
    ]!
    const { $metadata: _, ...answer } = await (
      client as { send(command: never): Promise<{ $metadata: unknown }> }
    ).send(new Command(input))
    return answer
  }
}

it('EC2 and Auto Scaling agree with themselves over the wire, call by call', async () => {
  const direct = onClock()
  const wired = onClock()
  const overWire = wireCaller(wired.simulator)
  const refused: string[] = []
  for (const [operation, input, thenMs = 0] of story) {
    const one = await tell(() => direct.simulator.call(operation, input, { region }))
    const other = await tell(() => overWire(operation, input))
    expect(other, operation).toEqual(one)
    if ('code' in one) refused.push(one.code)
    direct.clock.now += thenMs
    wired.clock.now += thenMs
  }
  // The story is one only while most of it succeeds.
  expect(refused).toEqual([
    'InvalidLaunchTemplateName.AlreadyExistsException',
    'InvalidLaunchTemplateName.NotFoundException',
    'AlreadyExists',
    'InvalidInstanceID.NotFound',
    'InstanceRefreshInProgress',
    'ResourceInUse',
  ])
})
