/** Why a roll-out does not get on, in words: which service, what is missing where, and what would help. Pure. */
import type { ObjectKey } from '../model.ts'
import { needOf } from '../simulator/machines/need.ts'
import { boundsOf } from '../simulator/machines/stopping.ts'
import {
  definitionOf,
  type InstanceRecord,
  isLive,
  type Need,
  type ServiceRecord,
  type World,
} from '../simulator/world.ts'
import type { Run } from './run.ts'

/** What keeps tasks from starting. */
export type Lack =
  | 'instances'
  | 'port'
  | 'cpu'
  | 'memory'
  | 'interfaces'
  | 'placement'
  | 'percentages'
  | 'failing tasks'

export interface Stuck {
  readonly key?: ObjectKey
  readonly cluster: string
  readonly service: string
  readonly lack: Lack
  /** One sentence. */
  readonly why: string
  /** The newest event that ECS would write about it. */
  readonly event?: string
  /** What would help; each stands alone. */
  readonly help: readonly string[]
  /** How many more instances like the present ones the missing tasks take, and of which type those are. */
  readonly moreInstances: number
  readonly type?: string
}

/** Services whose roll-out is under way at the end of a run, or failed in it for want of room. */
export function stuckIn(
  run: Run,
  keyOf: (cluster: string, service: string) => ObjectKey | undefined,
) {
  const found: Stuck[] = []
  for (const record of run.world.services.values()) {
    const primary = record.deployments[0]
    if (record.service.status !== 'ACTIVE' || !primary) continue
    const events = eventsSince(record, run.startMs)
    const unplaced = events.find((text) => text.includes('unable to place a task'))
    const open = primary.rolloutState === 'IN_PROGRESS'
    const failed = events.some((text) => text.includes('deployment failed'))
    if (!open && !(failed && unplaced)) continue
    const key = keyOf(record.clusterName, record.service.serviceName ?? '')
    found.push(explain(run, record, key, events, failed))
  }
  return found
}

function eventsSince({ service }: ServiceRecord, startMs: number): string[] {
  return (service.events ?? [])
    .filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= startMs)
    .map(({ message = '' }) => message)
}

function explain(
  run: Run,
  record: ServiceRecord,
  key: ObjectKey | undefined,
  events: readonly string[],
  failed: boolean,
): Stuck {
  const { world } = run
  const { service, clusterName } = record
  const event = events.find((text) =>
    /unable to|deployment failed|unable to consistently/.test(text),
  )
  const base = {
    ...(key ? { key } : {}),
    cluster: clusterName,
    service: service.serviceName ?? '',
    ...(event ? { event } : {}),
  }
  const revision = failed ? record.serviceRevisions[0] : record.deployments[0]?.revision
  const definition = definitionOf(world, revision?.taskDefinition)
  const need = definition ? needOf(definition) : undefined
  const { upper, lower } = boundsOf(record)
  const desired = service.desiredCount ?? 0
  const minimum = service.deploymentConfiguration?.minimumHealthyPercent ?? 100
  const live = [...record.live].flatMap((id) => world.tasks.get(id) ?? []).filter(isLive)
  const own = live.filter((one) => one.deploymentId === record.deployments[0]?.id)
  const missing = Math.max(1, desired - (failed ? 0 : own.length))
  const dead = deaths(run, record)
  if (dead) {
    return {
      ...base,
      lack: 'failing tasks',
      why: `its new tasks do not stay healthy: ${dead}`,
      help: ['a revision whose tasks run', 'a deployment circuit breaker, which would end it'],
      moreInstances: 0,
    }
  }
  if (
    upper <= live.length &&
    lower >= live.length &&
    !events.some((t) => t.includes('place a task'))
  ) {
    const maximum = service.deploymentConfiguration?.maximumPercent ?? 200
    return {
      ...base,
      lack: 'percentages',
      why: `of ${desired} tasks ${maximum} % are ${upper} and ${minimum} % are ${lower}: none may be started and none stopped`,
      help: [
        `maximumPercent ${Math.ceil(((desired + 1) * 100) / Math.max(1, desired))} or more`,
        enoughFor(desired),
      ],
      moreInstances: 0,
    }
  }
  const instances = [...world.instances.values()].filter(
    (one) => one.clusterName === clusterName && one.instance.status === 'ACTIVE',
  )
  const short = need ? shortOf(world, instances, need, minimum) : undefined
  const lack: Lack = short?.lack ?? 'placement'
  const moreInstances = need ? binsFor(need, missing, instances) : missing
  const fewer =
    minimum > lessThan(desired) && live.length > own.length
      ? [`${enoughFor(desired)}, so that an old task goes first`]
      : []
  const type = typeOf(instances)
  const dynamic =
    lack === 'port' ? ['no hostPort (or 0), so that any number of tasks fits an instance'] : []
  const smaller =
    lack === 'cpu' || lack === 'memory' ? [`less ${lack} for each task, if it can do with it`] : []
  return {
    ...base,
    lack,
    why: short?.why ?? 'no instance meets all of its placement constraints and attributes',
    help: [...fewer, ...dynamic, ...smaller],
    moreInstances,
    ...(type ? { type } : {}),
  }
}

/** The percentage that lets one task of so many go. */
function lessThan(desired: number): number {
  return desired <= 1 ? 0 : Math.floor(((desired - 1) * 100) / desired)
}

function enoughFor(desired: number): string {
  const percent = lessThan(desired)
  return `minimumHealthyPercent ${percent}${percent > 0 ? ' or less' : ''}`
}

/** The type that all of them have. */
function typeOf(instances: readonly InstanceRecord[]): string | undefined {
  const types = instances.map(
    ({ instance }) => instance.attributes?.find((one) => one.name === 'ecs.instance-type')?.value,
  )
  return types.every((one) => one === types[0]) ? types[0] : undefined
}

/** What more instances would do, as a sentence among what helps. */
export function moreText({ type }: Pick<Stuck, 'type'>, count: number): string {
  const noun = count === 1 ? 'instance' : 'instances'
  return `${count} more ${type ? `${type} ` : ''}${noun} in the cluster`
}

function shortOf(
  world: World,
  instances: readonly InstanceRecord[],
  need: Need,
  minimum: number,
): { lack: Lack; why: string } | undefined {
  const keeps = minimum > 0 ? `, and minimumHealthyPercent ${minimum} keeps the old tasks` : ''
  if (instances.length === 0) {
    return { lack: 'instances', why: 'the cluster has no container instance' }
  }
  const all = instances.length === 1 ? 'the only instance' : `all ${instances.length} instances`
  const port = [...need.tcp, ...need.udp].find((one) =>
    instances.every(({ ports }) => ports.tcp.includes(one) || ports.udp.includes(one)),
  )
  if (port !== undefined) {
    return {
      lack: 'port',
      why: `host port ${port} is taken on ${all}${holders(world, instances, port)}${keeps}`,
    }
  }
  const most = (of: (one: InstanceRecord) => number) => Math.max(...instances.map(of))
  const cpu = most(({ free }) => free.cpu)
  if (cpu < need.cpu) {
    return {
      lack: 'cpu',
      why: `a task takes ${need.cpu} CPU units, and no instance has more than ${cpu} free${keeps}`,
    }
  }
  const memory = most(({ free }) => free.memory)
  if (memory < need.memory) {
    return {
      lack: 'memory',
      why: `a task takes ${need.memory} MiB of memory, and no instance has more than ${memory} free${keeps}`,
    }
  }
  const fits = instances.some(({ free }) => free.cpu >= need.cpu && free.memory >= need.memory)
  if (!fits) {
    return {
      lack: 'memory',
      why: `no instance has ${need.cpu} CPU units and ${need.memory} MiB free together${keeps}`,
    }
  }
  if (need.enis > 0 && most(({ free }) => free.enis) < need.enis) {
    return { lack: 'interfaces', why: `no instance has a network interface to spare${keeps}` }
  }
  return undefined
}

/** Who has the port, if it is not the service itself. */
function holders(world: World, instances: readonly InstanceRecord[], port: number): string {
  const tasks = instances.flatMap(({ tasks }) =>
    [...tasks].flatMap((id) => world.tasks.get(id) ?? []),
  )
  const names = new Set(
    tasks
      .filter(({ need }) => need.tcp.includes(port) || need.udp.includes(port))
      .map((one) => one.serviceName ?? one.task.group ?? 'a task'),
  )
  return names.size > 0 ? ` by ${[...names].join(', ')}` : ''
}

/** How many instances like the present ones so many tasks fill. */
function binsFor(need: Need, tasks: number, instances: readonly InstanceRecord[]): number {
  const [like] = instances
  if (!like) return 1
  const size = (name: string) =>
    like.instance.registeredResources?.find((one) => one.name === name)?.integerValue ?? 0
  if (size('CPU') < need.cpu || size('MEMORY') < need.memory) return 0
  const each = Math.min(
    need.cpu > 0 ? Math.floor(size('CPU') / need.cpu) : tasks,
    need.memory > 0 ? Math.floor(size('MEMORY') / need.memory) : tasks,
    need.tcp.length + need.udp.length > 0 ? 1 : tasks,
  )
  return Math.ceil(tasks / Math.max(1, each))
}

/** Why tasks that were started ended before they were healthy, if they did. */
function deaths({ watched }: Run, record: ServiceRecord): string | undefined {
  const early = [...watched.tasks.values()].filter(
    (span) =>
      !span.before &&
      span.cluster === record.clusterName &&
      span.service === record.service.serviceName &&
      span.healthyMs === undefined &&
      span.stoppedMs !== undefined &&
      span.reason !== undefined,
  )
  return early.length >= 2 ? early.at(-1)?.reason : undefined
}
