/** The simulator says the same whether it is called directly or over the wire: one story, told twice. */
import * as ecs from '@aws-sdk/client-ecs'
import * as tagging from '@aws-sdk/client-resource-groups-tagging-api'
import * as sts from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { createSimulator, type Simulator } from '../../src/simulator/index.ts'
import { createWire } from '../../src/simulator/wire/handle.ts'
import { wireServices } from '../../src/simulator/wire/services.ts'
import { clientConfig } from './client.ts'

const region = 'eu-west-1'
const minute = 60_000
const web = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    {
      name: 'nginx',
      image: 'nginx:1.27',
      portMappings: [{ containerPort: 80 }],
      environment: [{ name: 'A', value: '1' }],
      healthCheck: { command: ['CMD', 'true'] },
    },
  ],
  tags: [{ key: 'team', value: 'shop' }],
}
const batch = {
  family: 'batch',
  containerDefinitions: [
    {
      name: 'job',
      image: 'busybox',
      memory: 64,
      dockerLabels: { 'fairlead.dev/simulate': 'exit 3 after 5s' },
    },
  ],
}
const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']

/** Operations in order, with the time that passes after each. What they answer is compared, errors included. */
const story: readonly (readonly [
  operation: string,
  input: Record<string, unknown>,
  thenMs?: number,
])[] = [
  ['sts:GetCallerIdentity', {}],
  ['ecs:ListClusters', {}],
  [
    'ecs:CreateCluster',
    { clusterName: 'shop', settings: [{ name: 'containerInsights', value: 'enabled' }] },
    5 * minute,
  ],
  ['ecs:DescribeClusters', { clusters: ['shop', 'none'], include: ['TAGS', 'SETTINGS'] }],
  ['ecs:ListContainerInstances', { cluster: 'shop' }],
  ['ecs:RegisterTaskDefinition', web],
  ['ecs:RegisterTaskDefinition', batch],
  ['ecs:RegisterTaskDefinition', {}],
  ['ecs:RegisterTaskDefinition', { family: 'empty', containerDefinitions: [] }],
  ['ecs:DescribeTaskDefinition', { taskDefinition: 'web', include: ['TAGS'] }],
  ['ecs:DescribeTaskDefinition', { taskDefinition: 'none' }],
  ['ecs:ListTaskDefinitions', {}],
  [
    'ecs:CreateService',
    {
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets, assignPublicIp: 'ENABLED' } },
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      enableECSManagedTags: true,
      propagateTags: 'SERVICE',
      tags: [{ key: 'fairlead:owner', value: 'default' }],
    },
    20_000,
  ],
  ['ecs:DescribeServices', { cluster: 'shop', services: ['web', 'none'], include: ['TAGS'] }],
  ['ecs:ListTasks', { cluster: 'shop' }, 5 * minute],
  ['ecs:DescribeServices', { cluster: 'shop', services: ['web'] }],
  ['ecs:ListServiceDeployments', { cluster: 'shop', service: 'web' }],
  ['ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 1 }, 5 * minute],
  ['ecs:DescribeServices', { cluster: 'shop', services: ['web'] }],
  ['ecs:RunTask', { cluster: 'shop', taskDefinition: 'batch' }, 2 * minute],
  ['ecs:ListTasks', { cluster: 'shop', desiredStatus: 'STOPPED' }],
  ['ecs:ListTasks', { cluster: 'none' }],
  ['tag:GetResources', { TagFilters: [{ Key: 'fairlead:owner', Values: ['default'] }] }],
  ['ecs:DeleteService', { cluster: 'shop', service: 'web' }],
  ['ecs:DeleteService', { cluster: 'shop', service: 'web', force: true }, 5 * minute],
  ['ecs:DescribeServices', { cluster: 'shop', services: ['web'] }],
  ['ecs:DeleteCluster', { cluster: 'shop' }],
]

/** A simulator on a clock that moves when the story says so. */
function onClock() {
  const clock = { now: Date.UTC(2026, 2, 1, 12, 0, 0, 125) }
  const simulator = createSimulator({
    now: () => clock.now,
    containerInstances: [{ cluster: 'shop', count: 1 }],
  })
  return { clock, simulator }
}

type Told = { answer: unknown } | { error: { name: string; message: string } }

async function tell(call: () => unknown): Promise<Told> {
  try {
    return { answer: await call() }
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string }
    return { error: { name: name === 'AwsError' ? String(code) : name, message } }
  }
}

/** Calls by way of real SDK clients, in process. */
function wireCaller(simulator: Simulator) {
  const wire = createWire(simulator.call)
  const clients = {
    ecs: [new ecs.ECSClient(clientConfig(wire, region)), ecs],
    tag: [new tagging.ResourceGroupsTaggingAPIClient(clientConfig(wire, region)), tagging],
    sts: [new sts.STSClient(clientConfig(wire, region)), sts],
  } as const
  return async (operation: string, input: object) => {
    const [service, name] = operation.split(':') as [keyof typeof clients, string]
    const [client, module] = clients[service]
    const Command = (module as unknown as Record<string, new (input: object) => never>)[
      `${name}Command`
    ]!
    const { $metadata: _, ...answer } = await (
      client as { send(command: never): Promise<{ $metadata: unknown }> }
    ).send(new Command(input))
    return answer
  }
}

describe('direct call and wire', () => {
  it('agree, call by call', async () => {
    const direct = onClock()
    const wired = onClock()
    const overWire = wireCaller(wired.simulator)
    let errors = 0
    for (const [operation, input, thenMs = 0] of story) {
      const one = await tell(() => direct.simulator.call(operation, input, { region }))
      const other = await tell(() => overWire(operation, input))
      expect(other, operation).toEqual(one)
      if ('error' in one) errors++
      direct.clock.now += thenMs
      wired.clock.now += thenMs
    }
    // The story is one only while most of it succeeds.
    expect(errors).toBe(6)
  })

  it('know the same operations: each that the simulator has is in the SDK, under a service of the wire', async () => {
    for (const operation of onClock().simulator.operations) {
      const [name, verb] = operation.split(':')
      const service = wireServices.find((each) => each.name === name)
      expect(service, operation).toBeDefined()
      expect(await service?.load(), operation).toHaveProperty(`${verb}$`)
    }
  })
})
