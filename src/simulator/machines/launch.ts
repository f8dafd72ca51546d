/** Starting tasks: for a service's deployment, and for tasks that wait for room of their capacity provider. */
import type { ServiceRevision, TaskDefinition } from '@aws-sdk/client-ecs'
import {
  type DeploymentRecord,
  definitionOf,
  type InstanceRecord,
  isLive,
  lastPart,
  membersOf,
  type ServiceRecord,
  serviceKey,
  type TaskRecord,
  type World,
  waitingIn,
} from '../world.ts'
import { causeGone, texts, writeEvent, writeOnce } from './events.ts'
import { needOf, requiredAttributes } from './need.ts'
import { interfaceWish, zoneOf } from './network.ts'
import { createTask, type NewTask, settleOn } from './new-task.ts'
import { closest, type Lack, place, type Wish } from './placement.ts'
import { isManaged } from './providers.ts'
import { roleError } from './references.ts'

/** Whether a capacity provider is one of the built-in ones, which are Fargate. */
export function isFargateProvider(name: string | undefined): boolean {
  return name === 'FARGATE' || name === 'FARGATE_SPOT'
}

/** Tasks that are live, by ids. */
export function liveTasks(world: World, ids: Iterable<string>): TaskRecord[] {
  return [...ids].flatMap((id) => {
    const record = world.tasks.get(id)
    return record && isLive(record) ? [record] : []
  })
}

/** Live tasks of a cluster in a group. */
export function tasksOfGroup(world: World, clusterName: string, group: string): TaskRecord[] {
  const all = liveTasks(world, membersOf(world, clusterName).tasks)
  return all.filter((record) => record.task.group === group)
}

/**
 * Picks the provider that a strategy gives the next task to: `base` first, then the one furthest behind its weight.
 * `placed` counts the tasks that each provider has already.
 */
export function nextProvider(
  strategy: NonNullable<ServiceRevision['capacityProviderStrategy']>,
  placed: (name: string) => number,
): string | undefined {
  const names = strategy.map(({ capacityProvider, base = 0, weight = 0 }) => ({
    name: capacityProvider ?? '',
    base,
    weight,
    has: placed(capacityProvider ?? ''),
  }))
  const short = names.find((one) => one.has < one.base)
  if (short) return short.name
  const weighted = names.filter((one) => one.weight > 0)
  const behind = (one: (typeof names)[number]) => (one.has - one.base + 1) / one.weight
  return weighted.sort((a, b) => behind(a) - behind(b))[0]?.name
}

/** The tags a task of a service gets: ECS's own, and those it propagates. */
export function taskTags(
  world: World,
  settings: {
    readonly clusterName: string
    readonly serviceName?: string
    readonly enableECSManagedTags?: boolean
    readonly propagateTags?: string
    readonly serviceArn?: string
    readonly definitionArn?: string
    readonly own?: Readonly<Record<string, string>>
  },
): Record<string, string> {
  const from =
    settings.propagateTags === 'SERVICE'
      ? settings.serviceArn
      : settings.propagateTags === 'TASK_DEFINITION'
        ? settings.definitionArn
        : undefined
  return {
    ...(settings.enableECSManagedTags && {
      'aws:ecs:clusterName': settings.clusterName,
      ...(settings.serviceName && { 'aws:ecs:serviceName': settings.serviceName }),
    }),
    ...(from && world.tags.get(from)),
    ...settings.own,
  }
}

/** How a service's task wants to be placed. */
function wishOf(
  world: World,
  record: ServiceRecord,
  revision: ServiceRevision,
  definition: TaskDefinition,
  peers: readonly TaskRecord[],
  capacityProvider: string | undefined,
): Wish {
  const subnets = revision.networkConfiguration?.awsvpcConfiguration?.subnets
  return {
    clusterName: record.clusterName,
    need: needOf(definition),
    required: requiredAttributes(definition),
    constraints: [
      ...(definition.placementConstraints ?? []).map(({ expression }) => ({
        type: 'memberOf' as const,
        expression,
      })),
      ...(record.service.placementConstraints ?? []),
    ],
    strategy: record.service.placementStrategy ?? [],
    peers,
    ...(capacityProvider && { capacityProvider }),
    ...(subnets && { zones: subnets.flatMap((id) => zoneOf(world, id) ?? []) }),
    ...(revision.launchType === 'EXTERNAL' && { external: true }),
  }
}

export interface Launch {
  readonly started: readonly string[]
  /** Set when a task found no place; the reasons of the instances that were looked at. */
  readonly refusals?: readonly { readonly instance: InstanceRecord; readonly lack: Lack }[]
}

/** Starts up to `count` tasks of a deployment, until one finds no place. Writes the events that AWS writes. */
export function launchTasks(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
  now: number,
): Launch {
  const definition = definitionOf(world, deployment.revision.taskDefinition)
  if (definition && roleRefused(world, record, definition, now))
    return { started: [], refusals: [] }
  const started: string[] = []
  let refusals: Launch['refusals']
  const peers = liveTasks(world, record.live).filter((t) => t.task.desiredStatus === 'RUNNING')
  for (let i = 0; definition && i < count && !refusals; i++) {
    const outcome = launchOne(world, record, deployment, definition, peers, now)
    if ('refusals' in outcome) refusals = outcome.refusals
    else {
      peers.push(outcome)
      started.push(lastPart(outcome.task.taskArn ?? ''))
    }
  }
  sayLaunched(world, record, started, refusals, now)
  return { started, ...(refusals && { refusals }) }
}

/** Whether ECS cannot assume a role of the task, which it says. */
function roleRefused(
  world: World,
  record: ServiceRecord,
  definition: TaskDefinition,
  now: number,
): boolean {
  const error = roleError(world, definition, now)
  if (error) writeOnce(world, record, 'role', texts.notLaunched(error), now)
  else causeGone(record, 'role')
  return error !== undefined
}

function sayLaunched(
  world: World,
  record: ServiceRecord,
  started: readonly string[],
  refusals: Launch['refusals'],
  now: number,
): void {
  if (started.length > 0) {
    causeGone(record, 'placement')
    writeEvent(world, record, texts.started(started), now)
  }
  if (!refusals) return
  waitingIn(world, record.clusterName).services.add(
    serviceKey(record.clusterName, record.service.serviceName ?? ''),
  )
  writeOnce(world, record, 'placement', placementText(refusals), now)
}

/** The event of a task that found no place. */
export function placementText(refusals: NonNullable<Launch['refusals']>): string {
  const best = closest(refusals)
  if (!best) return texts.noInstances
  const known: Partial<Record<Lack, string>> = {
    ATTRIBUTE: 'is missing an attribute required by your task.',
    'RESOURCE:PORTS': 'is already using a port required by your task.',
    'RESOURCE:CPU': 'has insufficient CPU units available.',
    'RESOURCE:MEMORY': 'has insufficient memory available.',
  }
  const id = lastPart(best.instance.instance.containerInstanceArn ?? '')
  return texts.noRoom(id, known[best.lack] ?? `encountered error "${best.lack}".`)
}

function launchOne(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  definition: TaskDefinition,
  peers: readonly TaskRecord[],
  now: number,
  on?: InstanceRecord,
): TaskRecord | { refusals: NonNullable<Launch['refusals']> } {
  const { revision } = deployment
  const strategy = revision.capacityProviderStrategy ?? []
  const own = peers.filter((peer) => peer.deploymentId === deployment.id)
  const provider = nextProvider(
    strategy,
    (name) => own.filter((peer) => peer.task.capacityProviderName === name).length,
  )
  const onFargate = provider ? isFargateProvider(provider) : revision.launchType === 'FARGATE'
  const task = describeTask(world, record, deployment, definition, provider, onFargate)
  if (onFargate) {
    return createTask(world, { ...task, subnets: fewestFirst(task.subnets ?? [], peers) }, now)
  }
  if (on) return createTask(world, { ...task, instance: on }, now)
  const wish = wishOf(world, record, revision, definition, peers, provider)
  const placement = place(world, wish)
  if ('instance' in placement)
    return createTask(world, { ...task, instance: placement.instance }, now)
  if (!provider || !isManaged(world, provider)) return placement
  // With managed scaling the task exists and waits for an instance.
  const { constraints, strategy: order } = wish
  return createTask(world, { ...task, waiting: { constraints, strategy: order } }, now)
}

function describeTask(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  definition: TaskDefinition,
  provider: string | undefined,
  onFargate: boolean,
): NewTask {
  const { service, clusterName } = record
  const { revision } = deployment
  return {
    clusterName,
    definition,
    launchType: onFargate ? 'FARGATE' : revision.launchType === 'EXTERNAL' ? 'EXTERNAL' : 'EC2',
    ...(provider && { capacityProvider: provider }),
    ...(revision.platformVersion && { platformVersion: revision.platformVersion }),
    ...interfaceWish(revision.networkConfiguration),
    group: `service:${service.serviceName}`,
    startedBy: deployment.id,
    ...(service.serviceName && { serviceName: service.serviceName }),
    deploymentId: deployment.id,
    loadBalancers: (revision.loadBalancers ?? []).map((one, i) => ({
      ...one,
      ...revision.resolvedConfiguration?.loadBalancers?.[i],
    })),
    ...(service.enableExecuteCommand && { enableExecuteCommand: true }),
    tags: taskTags(world, {
      clusterName,
      ...(service.serviceName && { serviceName: service.serviceName }),
      ...(service.enableECSManagedTags && { enableECSManagedTags: true }),
      ...(service.propagateTags && { propagateTags: service.propagateTags }),
      ...(service.serviceArn && { serviceArn: service.serviceArn }),
      ...(definition.taskDefinitionArn && { definitionArn: definition.taskDefinitionArn }),
    }),
  }
}

/** Subnets with the fewest of the service's tasks first: Fargate spreads over zones. */
function fewestFirst(subnets: readonly string[], peers: readonly TaskRecord[]): string[] {
  const used = (subnet: string) =>
    peers.filter((p) => p.task.attachments?.[0]?.details?.[0]?.value === subnet).length
  return [...subnets].sort((a, b) => used(a) - used(b))
}

/** Starts one task of a DAEMON service on a given instance. */
export function launchOn(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  on: InstanceRecord,
  now: number,
): string | undefined {
  const definition = definitionOf(world, deployment.revision.taskDefinition)
  if (!definition || roleRefused(world, record, definition, now)) return undefined
  const outcome = launchOne(world, record, deployment, definition, [], now, on)
  return 'refusals' in outcome ? undefined : lastPart(outcome.task.taskArn ?? '')
}

/** How a DAEMON service's task wants to be placed: the constraints and needs, without spreading. */
export function daemonWish(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
): Wish | undefined {
  const definition = definitionOf(world, deployment.revision.taskDefinition)
  return definition && wishOf(world, record, deployment.revision, definition, [], undefined)
}

/** A task that waits for room of its capacity provider looks for an instance again. */
export function placeWaiting(world: World, id: string, record: TaskRecord, now: number): void {
  const { waiting, subnets } = record.machine
  const definition = definitionOf(world, record.task.taskDefinitionArn)
  if (!waiting || !definition || record.task.desiredStatus === 'STOPPED') return
  const placement = place(world, {
    clusterName: record.clusterName,
    need: record.need,
    required: requiredAttributes(definition),
    constraints: waiting.constraints,
    strategy: waiting.strategy,
    peers: tasksOfGroup(world, record.clusterName, record.task.group ?? ''),
    capacityProvider: record.task.capacityProviderName ?? '',
    ...(subnets.length > 0 && { zones: subnets.flatMap((s) => zoneOf(world, s) ?? []) }),
  })
  if ('instance' in placement) settleOn(world, id, record, definition, placement.instance, now)
}
