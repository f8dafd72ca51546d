/** What a task needs of a container instance, and what each instance lacks. The reading is apart from the rest, which is pure. */
import type {
  ContainerInstance,
  ContainerInstance as Described,
  Resource,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import { inBatches, type ObserveContext } from '../../../kind.ts'
import type { Instance } from './model.ts'
import type { Reading } from './reading.ts'

/** Several services of a cluster ask within one look, and room changes slowly. */
const freshMs = 60_000
/** Further ones would say the same. */
const most = 200

export async function readInstances(
  cluster: string,
  ask: Reading,
  { memory, now }: Pick<ObserveContext, 'memory' | 'now'>,
): Promise<readonly Instance[] | undefined> {
  const key = `why:instances ${cluster}`
  const known = memory.get(key) as { atMs: number; list: readonly Instance[] } | undefined
  if (known && now - known.atMs < freshMs) return known.list
  const what = 'container instances'
  const arns: string[] = []
  let nextToken: string | undefined
  do {
    const page = await ask<{ containerInstanceArns?: string[]; nextToken?: string }>(
      what,
      'ecs:ListContainerInstances',
      { cluster, ...(nextToken ? { nextToken } : {}) },
    )
    if (!page) return undefined
    arns.push(...(page.containerInstanceArns ?? []))
    nextToken = page.nextToken
  } while (nextToken && arns.length < most)
  const answers = await Promise.all(
    inBatches(arns.slice(0, most), 100).map((containerInstances) =>
      ask<{ containerInstances?: ContainerInstance[] }>(what, 'ecs:DescribeContainerInstances', {
        cluster,
        containerInstances,
      }),
    ),
  )
  if (answers.includes(undefined)) return undefined
  const list = answers
    .flatMap((answer) => answer?.containerInstances ?? [])
    .filter(({ status }) => status !== 'INACTIVE')
    .map(instanceOf)
  memory.set(key, { atMs: now, list })
  return list
}

function instanceOf(described: Described): Instance {
  const { remainingResources = [], attributes = [] } = described
  const amount = (name: string) => resource(remainingResources, name)?.integerValue ?? 0
  const ports = (name: string) => resource(remainingResources, name)?.stringSetValue ?? []
  const value = (name: string) => attributes.find((one) => one.name === name)?.value ?? ''
  return {
    name: described.ec2InstanceId ?? '',
    id: described.containerInstanceArn?.split('/').at(-1) ?? '',
    type: value('ecs.instance-type'),
    zone: value('ecs.availability-zone'),
    status: described.status ?? '',
    agentConnected: described.agentConnected ?? false,
    ...(described.capacityProviderName ? { capacityProvider: described.capacityProviderName } : {}),
    cpu: amount('CPU'),
    memory: amount('MEMORY'),
    ports: [...ports('PORTS'), ...ports('PORTS_UDP').map((port) => `${port}/udp`)],
    attributes: attributes.map(({ name = '' }) => name),
  }
}

const resource = (list: readonly Resource[], name: string) => list.find((one) => one.name === name)

// ------------------------------------------------------------------ what is missing

export interface Need {
  readonly cpu: number
  readonly memory: number
  readonly ports: readonly string[]
  readonly attributes: readonly string[]
}

/** What the scheduler reserves for a task: its own size, or that of its containers together. */
export function needOf(definition: TaskDefinition): Need {
  const { containerDefinitions = [], requiresAttributes = [], networkMode } = definition
  const sum = (of: (one: (typeof containerDefinitions)[number]) => number | undefined) =>
    containerDefinitions.reduce((total, one) => total + (of(one) ?? 0), 0)
  const mappings = containerDefinitions.flatMap(({ portMappings = [] }) => portMappings)
  const fixed = networkMode === 'awsvpc' ? [] : mappings.filter(({ hostPort }) => hostPort)
  return {
    cpu: Number(definition.cpu ?? sum(({ cpu }) => cpu)),
    memory: Number(
      definition.memory ?? sum(({ memory, memoryReservation }) => memoryReservation ?? memory),
    ),
    ports: fixed.map(({ hostPort, protocol }) =>
      protocol === 'udp' ? `${hostPort}/udp` : `${hostPort}`,
    ),
    attributes: requiresAttributes.flatMap(({ name }) => name ?? []),
  }
}

/** What keeps the task from this instance; nothing where it would fit. */
export function lacksOf(instance: Instance, need: Need): string[] {
  const { memory, cpu } = instance
  const taken = need.ports.filter((port) => instance.ports.includes(port))
  const missing = need.attributes.filter((name) => !instance.attributes.includes(name))
  return [
    ...(instance.status === 'ACTIVE' ? [] : [`is ${instance.status}`]),
    ...(instance.agentConnected ? [] : ['its agent is disconnected']),
    ...(missing.length > 0 ? [`lacks the attribute ${missing.map(short).join(', ')}`] : []),
    ...(taken.length > 0 ? [`port ${taken.join(', ')} is taken`] : []),
    ...(memory < need.memory
      ? [`${memory} MiB free of ${need.memory}: lacks ${need.memory - memory} MiB`]
      : []),
    ...(cpu < need.cpu
      ? [`${cpu} CPU units free of ${need.cpu}: lacks ${need.cpu - cpu} units`]
      : []),
  ]
}

const short = (attribute: string) => attribute.replace(/^com\.amazonaws\.ecs\.capability\./, '')

/** Those that a service with this strategy may use. */
export const usable = (instances: readonly Instance[], strategy: readonly string[]) =>
  strategy.length === 0
    ? instances
    : instances.filter(({ capacityProvider = '' }) => strategy.includes(capacityProvider))
