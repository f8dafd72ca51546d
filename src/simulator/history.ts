/** What the world looked like a little while ago, for reads that do not see the newest writes yet. */
import type { InstanceRecord, ServiceRecord, TaskRecord, World } from './world.ts'

/** How much of the world is remembered: all that reads show, or only what the tagging API's index is made of. */
export type Depth = 'all' | 'tags'

interface Past {
  /** The world was like this until then. */
  readonly until: number
  readonly world: World
}

export interface History {
  /** To be called before anything changes at `now`. */
  remember(world: World, now: number): void
  /** The world as it was at `at`, or as it is. Never to be changed. */
  at(at: number, world: World): World
}

/** Pictures in one span of memory: a read may see what is newer by a tenth of the span than it asked for. */
const PICTURES = 10

/**
 * Remembers `spanMs` of an account's past in at most a handful of pictures, so that a busy world is
 * not copied at each of its steps. A span of 0 remembers nothing and costs nothing.
 */
export function createHistory(spanMs: number, depth: Depth): History {
  const past: Past[] = []
  return {
    remember(world, now) {
      if (spanMs <= 0) return
      const last = past.at(-1)
      if (last && now - last.until < spanMs / PICTURES) return
      while (past[0] && past[0].until < now - spanMs) past.shift()
      past.push({
        until: now,
        world: depth === 'all' ? copyWorld(world) : { ...world, tags: new Map(world.tags) },
      })
    },
    at(at, world) {
      return past.find((picture) => picture.until > at)?.world ?? world
    },
  }
}

/** What reads look at is copied; the scheduler's own books (agenda, agents, counters) are left as they are. */
function copyWorld(world: World): World {
  return {
    ...world,
    // Clusters, task definitions, tags and settings are replaced by writes, never changed in place.
    clusters: new Map(world.clusters),
    capacityProviders: new Map(world.capacityProviders),
    families: new Map(world.families),
    tags: new Map(world.tags),
    settings: new Map(world.settings),
    services: copyValues(world.services, copyService),
    tasks: copyValues(world.tasks, copyTask),
    instances: copyValues(world.instances, copyInstance),
    members: copyValues(world.members, ({ tasks, instances }) => ({
      tasks: new Set(tasks),
      instances: new Set(instances),
    })),
    applicationAutoScaling: copySlot(world.applicationAutoScaling),
    autoscaling: copySlot(world.autoscaling),
    cloudtrail: copySlot(world.cloudtrail),
    compute: copySlot(world.compute),
    ec2: copySlot(world.ec2),
    ecr: copySlot(world.ecr),
    elbv2: copySlot(world.elbv2),
    iam: copySlot(world.iam),
    logs: copySlot(world.logs),
    scheduler: copySlot(world.scheduler),
    secrets: copySlot(world.secrets),
    ssm: copySlot(world.ssm),
  }
}

/** The further services keep their records in Maps and replace them, so new Maps are a picture. */
function copySlot<Slot extends object>(slot: Slot): Slot {
  const entries = Object.entries(slot).map(([name, value]) => [
    name,
    value instanceof Map ? new Map(value) : value,
  ])
  return Object.fromEntries(entries) as Slot
}

function copyValues<Value>(map: ReadonlyMap<string, Value>, copy: (value: Value) => Value) {
  const copied = new Map<string, Value>()
  for (const [key, value] of map) copied.set(key, copy(value))
  return copied
}

// The machines assign to members of these records and of the objects named below, and replace what
// stands in them; they reach no deeper. Copying just that is several times cheaper than all of it.

function copyEach<Item extends object>(items: readonly Item[]): Item[] {
  return items.map((item) => ({ ...item }))
}

function copyService(record: ServiceRecord): ServiceRecord {
  return {
    ...record,
    service: { ...record.service },
    deployments: copyEach(record.deployments),
    ...(record.lastCompleted && { lastCompleted: { ...record.lastCompleted } }),
    serviceDeployments: copyEach(record.serviceDeployments),
    live: new Set(record.live),
    ended: new Set(record.ended),
    scheduler: { ...record.scheduler, said: { ...record.scheduler.said } },
  }
}

function copyTask(record: TaskRecord): TaskRecord {
  const { task, machine } = record
  return {
    ...record,
    task: {
      ...task,
      ...(task.containers && { containers: copyEach(task.containers) }),
      ...(task.attachments && { attachments: copyEach(task.attachments) }),
    },
    machine: {
      ...machine,
      states: copyEach(machine.states),
      targets: copyEach(machine.targets),
      counted: { ...machine.counted },
      ...(machine.unhealthy && { unhealthy: { ...machine.unhealthy } }),
    },
  }
}

function copyInstance(record: InstanceRecord): InstanceRecord {
  return {
    ...record,
    instance: { ...record.instance },
    free: { ...record.free, gpus: [...record.free.gpus] },
    ports: { tcp: [...record.ports.tcp], udp: [...record.ports.udp] },
    tasks: new Set(record.tasks),
  }
}
