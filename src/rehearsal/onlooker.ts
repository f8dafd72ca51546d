/** Watches the tasks of a rehearsal: when each was started, healthy and gone; how low each service came; how full each cluster. */
import type { TaskRecord, World } from '../simulator/world.ts'

/** The life of one task, milliseconds since the rehearsal began; 0 for what had happened before. */
export interface TaskSpan {
  readonly id: string
  readonly cluster: string
  readonly service?: string
  /** `web:41`. */
  readonly definition: string
  readonly before: boolean
  readonly startedMs: number
  runningMs?: number
  healthyMs?: number
  stoppingMs?: number
  stoppedMs?: number
  instance?: string
  /** Why it stopped, where that was no order of the scheduler. */
  reason?: string
}

export interface ServiceWatch {
  readonly cluster: string
  readonly service: string
  /** Whether it was there before. */
  readonly before: boolean
  healthy: number
  /** Healthy ones at the beginning. */
  atFirst: number
  lowest: number
  /** When it came that low first. */
  lowestMs: number
  started: number
  stopped: number
  lastMs: number
}

export interface ClusterWatch {
  readonly cluster: string
  /** Instances at the beginning: those that take tasks, and the ids of all. */
  readonly instances: number
  readonly known: ReadonlySet<string>
  cpu: { readonly registered: number; used: number; peak: number }
  memory: { readonly registered: number; used: number; peak: number }
}

export interface Watched {
  readonly tasks: ReadonlyMap<string, TaskSpan>
  /** By `cluster/service`. */
  readonly services: ReadonlyMap<string, ServiceWatch>
  readonly clusters: ReadonlyMap<string, ClusterWatch>
  /** When a task last came up or an old one went: what counts as getting on. Milliseconds of the clock. */
  progressedAt: number
}

const lastPart = (text: string | undefined) =>
  String(text ?? '').slice(String(text).lastIndexOf('/') + 1)

export interface TaskOnlooker {
  readonly watched: Watched
  see(record: TaskRecord, now: number): void
}

/** Begins with the world as it is; `see` is to be told of every change from then on. */
export function createOnlooker(world: World, startMs: number): TaskOnlooker {
  const tasks = new Map<string, TaskSpan>()
  const services = new Map<string, ServiceWatch>()
  const clusters = new Map<string, ClusterWatch>()
  const healthy = new Set<string>()
  const placed = new Map<string, { cluster: string; cpu: number; memory: number }>()
  const watched: Watched & { progressedAt: number } = {
    tasks,
    services,
    clusters,
    progressedAt: startMs,
  }

  const serviceOf = (record: TaskRecord, before: boolean): ServiceWatch | undefined => {
    const { clusterName: cluster, serviceName: service } = record
    if (service === undefined) return undefined
    const key = `${cluster}/${service}`
    let watch = services.get(key)
    if (!watch) {
      watch = fresh(cluster, service, before)
      services.set(key, watch)
    }
    return watch
  }

  const see = (record: TaskRecord, now: number, before = false) => {
    const { task, machine } = record
    const id = lastPart(task.taskArn)
    const atMs = now - startMs
    const service = serviceOf(record, before)
    let span = tasks.get(id)
    if (!span) {
      span = {
        id,
        cluster: record.clusterName,
        ...(record.serviceName ? { service: record.serviceName } : {}),
        definition: lastPart(task.taskDefinitionArn),
        before,
        startedMs: atMs,
      }
      tasks.set(id, span)
      if (service && !before) service.started++
    }
    if (record.instanceId) span.instance = record.instanceId
    if (task.lastStatus === 'RUNNING') span.runningMs ??= atMs
    if (machine.healthy !== healthy.has(id)) {
      if (machine.healthy) {
        healthy.add(id)
        span.healthyMs ??= atMs
        watched.progressedAt = now
      } else healthy.delete(id)
      if (service) service.healthy += machine.healthy ? 1 : -1
    }
    if (task.desiredStatus === 'STOPPED' && span.stoppingMs === undefined) {
      span.stoppingMs = atMs
      if (task.stopCode !== 'ServiceSchedulerInitiated' && task.stoppedReason) {
        span.reason = task.stoppedReason
      }
      if (service) service.stopped++
    }
    if (task.lastStatus === 'STOPPED' && span.stoppedMs === undefined) {
      span.stoppedMs = atMs
      if (span.healthyMs !== undefined) watched.progressedAt = now
    }
    if (service && !before) {
      service.lastMs = atMs
      if (service.healthy < service.lowest) {
        service.lowest = service.healthy
        service.lowestMs = atMs
      }
    }
    if (!before) occupy(id, record)
  }

  /** Counts the room that a task takes, from when it is placed until it has stopped. */
  const occupy = (id: string, record: TaskRecord) => {
    const present = placed.get(id)
    const gone = record.task.lastStatus === 'STOPPED'
    if (record.instanceId && !present && !gone) {
      const { cpu, memory } = record.need
      placed.set(id, { cluster: record.clusterName, cpu, memory })
      take(record.clusterName, cpu, memory)
    } else if (present && gone) {
      placed.delete(id)
      take(present.cluster, -present.cpu, -present.memory)
    }
  }

  const take = (cluster: string, cpu: number, memory: number) => {
    const watch = clusters.get(cluster)
    if (!watch) return
    watch.cpu.used += cpu
    watch.memory.used += memory
    watch.cpu.peak = Math.max(watch.cpu.peak, watch.cpu.used)
    watch.memory.peak = Math.max(watch.memory.peak, watch.memory.used)
  }

  for (const [name] of world.clusters) clusters.set(name, clusterNow(world, name))
  for (const [key, { clusterName, service }] of world.services) {
    if (service.status === 'ACTIVE') {
      services.set(key, fresh(clusterName, service.serviceName ?? '', true))
    }
  }
  for (const record of world.tasks.values()) {
    if (record.task.lastStatus === 'STOPPED') continue
    see(record, startMs, true)
    const { cpu, memory } = record.need
    if (record.instanceId)
      placed.set(lastPart(record.task.taskArn), { cluster: record.clusterName, cpu, memory })
  }
  for (const watch of services.values()) {
    watch.lowest = watch.healthy
    watch.atFirst = watch.healthy
    watch.stopped = 0
  }
  return { watched, see: (record, now) => see(record, now) }
}

function fresh(cluster: string, service: string, before: boolean): ServiceWatch {
  const counts = {
    healthy: 0,
    atFirst: 0,
    lowest: 0,
    lowestMs: 0,
    started: 0,
    stopped: 0,
    lastMs: 0,
  }
  return { cluster, service, before, ...counts }
}

function clusterNow(world: World, cluster: string): ClusterWatch {
  const own = [...world.instances.values()].filter(
    (one) => one.clusterName === cluster && one.instance.status === 'ACTIVE',
  )
  const registered = (name: string) =>
    own.reduce(
      (sum, { instance }) =>
        sum + (instance.registeredResources?.find((one) => one.name === name)?.integerValue ?? 0),
      0,
    )
  const size = (name: string, free: number) => {
    const all = registered(name)
    return { registered: all, used: all - free, peak: all - free }
  }
  return {
    cluster,
    instances: own.length,
    known: new Set(world.instances.keys()),
    cpu: size(
      'CPU',
      own.reduce((sum, one) => sum + one.free.cpu, 0),
    ),
    memory: size(
      'MEMORY',
      own.reduce((sum, one) => sum + one.free.memory, 0),
    ),
  }
}
