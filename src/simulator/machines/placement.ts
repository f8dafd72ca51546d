/** On which container instance a task goes: hard constraints first, then strategies; or what each instance lacks. */
import type { Attribute, PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs'
import { type InstanceRecord, membersOf, type Need, type TaskRecord, type World } from '../world.ts'
import { parseQuery } from './cluster-query.ts'
import { draw } from './random.ts'

export interface Wish {
  readonly clusterName: string
  readonly need: Need
  readonly required: readonly Attribute[]
  readonly constraints: readonly PlacementConstraint[]
  readonly strategy: readonly PlacementStrategy[]
  /** Live tasks of the same service or group: for spreading and `distinctInstance`. */
  readonly peers: readonly TaskRecord[]
  /** Only instances of this capacity provider. */
  readonly capacityProvider?: string
  /** awsvpc: the zones of the task's subnets. */
  readonly zones?: readonly string[]
  readonly external?: boolean
}

/** Reasons as RunTask's `failures` spell them, from the first check to the last. */
export const lacks = [
  'INACTIVE',
  'AGENT',
  'LOCATION',
  'ATTRIBUTE',
  'memberOf constraint unsatisfied.',
  'distinctInstance placement constraint unsatisfied.',
  'RESOURCE:PORTS',
  'RESOURCE:CPU',
  'RESOURCE:MEMORY',
  'RESOURCE:ENI',
  'RESOURCE:GPU',
] as const
export type Lack = (typeof lacks)[number]

export type Placement =
  | { readonly instance: InstanceRecord }
  | { readonly refusals: readonly { readonly instance: InstanceRecord; readonly lack: Lack }[] }

/** Instances of a cluster that take part in placement at all. */
export function instancesOf(world: World, clusterName: string): InstanceRecord[] {
  return [...membersOf(world, clusterName).instances].flatMap((id) => world.instances.get(id) ?? [])
}

/** Chooses an instance for one task. Nothing is reserved. */
export function place(world: World, wish: Wish): Placement {
  const fitting: InstanceRecord[] = []
  const refusals: { instance: InstanceRecord; lack: Lack }[] = []
  for (const instance of instancesOf(world, wish.clusterName)) {
    if (instance.instance.status === 'INACTIVE') continue
    if (wish.capacityProvider && instance.instance.capacityProviderName !== wish.capacityProvider) {
      continue
    }
    const lack = lackOf(world, wish, instance)
    if (lack) refusals.push({ instance, lack })
    else fitting.push(instance)
  }
  const chosen = rank(world, wish, fitting)
  return chosen ? { instance: chosen } : { refusals }
}

/** The refusal that went furthest through the checks: AWS calls it the closest match. */
export function closest(refusals: readonly { instance: InstanceRecord; lack: Lack }[]) {
  let best = refusals[0]
  for (const refusal of refusals) {
    if (best && lacks.indexOf(refusal.lack) > lacks.indexOf(best.lack)) best = refusal
  }
  return best
}

const attributeMaps = new WeakMap<object, Map<string, string | undefined>>()

/** An instance's attributes by name. */
export function attributesOf(record: InstanceRecord): Map<string, string | undefined> {
  const list = record.instance.attributes ?? []
  let map = attributeMaps.get(list)
  if (!map) {
    map = new Map(list.map((a) => [a.name ?? '', a.value]))
    attributeMaps.set(list, map)
  }
  return map
}

/** The first thing that keeps a task from an instance. */
export function lackOf(world: World, wish: Wish, record: InstanceRecord): Lack | undefined {
  const { instance, free, ports } = record
  const { need } = wish
  if (instance.status !== 'ACTIVE') return 'INACTIVE'
  if (!instance.agentConnected) return 'AGENT'
  if (wish.zones && !wish.zones.includes(record.zone)) return 'LOCATION'
  const attributes = attributesOf(record)
  if (attributes.has('ecs.capability.external') !== (wish.external ?? false)) return 'ATTRIBUTE'
  for (const { name, value } of wish.required) {
    if (!attributes.has(name ?? '')) return 'ATTRIBUTE'
    if (value !== undefined && attributes.get(name ?? '') !== value) return 'ATTRIBUTE'
  }
  for (const { type, expression } of wish.constraints) {
    if (type === 'memberOf' && !parseQuery(expression ?? '')(world, record)) {
      return 'memberOf constraint unsatisfied.'
    }
    if (type === 'distinctInstance' && wish.peers.some((p) => record.tasks.has(idOf(p)))) {
      return 'distinctInstance placement constraint unsatisfied.'
    }
  }
  const taken = (used: number[], wanted: readonly number[]) => wanted.some((p) => used.includes(p))
  if (taken(ports.tcp, need.tcp) || taken(ports.udp, need.udp)) return 'RESOURCE:PORTS'
  if (free.cpu < need.cpu) return 'RESOURCE:CPU'
  if (free.memory < need.memory) return 'RESOURCE:MEMORY'
  if (free.enis < need.enis) return 'RESOURCE:ENI'
  if (free.gpus.length < need.gpus) return 'RESOURCE:GPU'
  return undefined
}

function idOf(record: TaskRecord): string {
  const arn = record.task.taskArn ?? ''
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** Without strategies a task goes to the zone, and there to the instance, with the fewest of its kind. */
const defaultStrategy: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
]

function rank(world: World, wish: Wish, fitting: InstanceRecord[]): InstanceRecord | undefined {
  let candidates = fitting
  for (const strategy of wish.strategy.length > 0 ? wish.strategy : defaultStrategy) {
    if (candidates.length < 2) break
    candidates = narrow(world, wish, strategy, candidates)
  }
  return candidates[0]
}

/** Those candidates that a strategy likes best. */
function narrow(
  world: World,
  wish: Wish,
  { type, field }: PlacementStrategy,
  candidates: InstanceRecord[],
): InstanceRecord[] {
  if (type === 'random') {
    return candidates.slice(Math.floor(draw(world, 'placement') * candidates.length)).slice(0, 1)
  }
  if (type === 'binpack') {
    const resource = field?.toLowerCase() === 'cpu' ? 'cpu' : 'memory'
    return least(candidates, (c) => c.free[resource])
  }
  const value = spreadValue(field ?? 'instanceId')
  const counts = new Map<string, number>()
  for (const peer of wish.peers) {
    const on = peer.instanceId === undefined ? undefined : world.instances.get(peer.instanceId)
    if (on) counts.set(value(on), (counts.get(value(on)) ?? 0) + 1)
  }
  return least(candidates, (c) => counts.get(value(c)) ?? 0)
}

function spreadValue(field: string): (record: InstanceRecord) => string {
  if (field.startsWith('attribute:')) {
    const name = field.slice('attribute:'.length)
    return (record) => attributesOf(record).get(name) ?? ''
  }
  return (record) => record.instance.containerInstanceArn ?? ''
}

function least(candidates: InstanceRecord[], score: (c: InstanceRecord) => number) {
  const best = Math.min(...candidates.map(score))
  return candidates.filter((c) => score(c) === best)
}
