/** What the scheduler sees of a service's tasks: who counts as healthy, who failed, who has to go. */
import {
  type DeploymentRecord,
  isLive,
  type ServiceRecord,
  type TaskRecord,
  type World,
} from '../world.ts'
import { instanceHas } from './instances.ts'
import { retry } from './timing.ts'

export interface Tally {
  /** Tasks that are not STOPPED, those being stopped included. */
  readonly active: number
  /** Tasks being stopped. */
  readonly stopping: number
  /** Of all deployments: RUNNING and healthy. */
  readonly healthy: number
  /** Of the PRIMARY deployment, meant to stay. */
  readonly good: TaskRecord[]
  /** Of the PRIMARY deployment, failing their health checks after the grace period. */
  readonly sick: TaskRecord[]
  /** Of older deployments, or on instances that are draining. */
  readonly retiring: TaskRecord[]
  /** When the grace period of a failing task ends. */
  readonly lookAgainAt: number
}

/** Counts what has happened to the service's tasks since the last look: healthy ones, failed ones, ended ones. */
export function account(world: World, record: ServiceRecord, now: number): void {
  const failedToStart = new Set<DeploymentRecord>()
  const reset =
    record.service.deploymentConfiguration?.deploymentCircuitBreaker?.resetOnHealthyTask !== false
  const units = [
    ...record.deployments,
    ...(record.taskSets ?? []).map(({ deployment }) => deployment),
  ]
  for (const id of record.live) {
    const one = world.tasks.get(id)
    if (!one) continue
    const { task, machine } = one
    const deployment = units.find((d) => d.id === one.deploymentId)
    if (deployment && task.startedAt && !machine.counted.running) {
      machine.counted.running = true
      deployment.startFailures = 0
      deployment.notBefore = 0
    }
    if (deployment && machine.healthy && !machine.counted.healthy) {
      machine.counted.healthy = true
      if (reset) deployment.failures = 0
    }
    if ((diedEarly(one) || isSick(record, one, now)) && !machine.counted.failed) {
      machine.counted.failed = true
      if (deployment) deployment.failures++
      if (deployment && !task.startedAt) failedToStart.add(deployment)
    }
    if (!isLive(one)) {
      record.live.delete(id)
      record.ended.add(id)
    }
  }
  for (const deployment of failedToStart) {
    const wait = Math.min(retry.lastMs, retry.firstMs * 2 ** deployment.startFailures)
    deployment.startFailures++
    deployment.notBefore = now + wait
  }
}

/** A task that ended by itself before it was ever healthy. */
function diedEarly({ task, machine }: TaskRecord): boolean {
  const byItself =
    task.stopCode === 'EssentialContainerExited' || task.stopCode === 'TaskFailedToStart'
  return task.desiredStatus === 'STOPPED' && byItself && !machine.everHealthy
}

/** When the scheduler begins to heed a task's health checks. */
function graceEnds(record: ServiceRecord, { task }: TaskRecord): number {
  const graceMs = (record.service.healthCheckGracePeriodSeconds ?? 0) * 1_000
  return (task.startedAt?.getTime() ?? 0) + graceMs
}

/** It fails its health checks, and its grace period is over. */
export function isSick(record: ServiceRecord, one: TaskRecord, now: number): boolean {
  const failing = one.machine.unhealthy !== undefined && one.task.desiredStatus === 'RUNNING'
  return failing && now >= graceEnds(record, one)
}

/** Sorts the service's live tasks by what the scheduler has to do with them. */
export function tallyOf(world: World, record: ServiceRecord, now: number): Tally {
  const primary = record.deployments[0]
  const good: TaskRecord[] = []
  const sick: TaskRecord[] = []
  const retiring: TaskRecord[] = []
  let [active, stopping, healthy] = [0, 0, 0]
  let lookAgainAt = Number.POSITIVE_INFINITY
  for (const id of record.live) {
    const one = world.tasks.get(id)
    if (!one || !isLive(one)) continue
    active++
    if (one.task.desiredStatus === 'STOPPED') {
      stopping++
      continue
    }
    if (one.machine.healthy) healthy++
    const sickNow = isSick(record, one, now)
    if (one.machine.unhealthy && !sickNow) {
      lookAgainAt = Math.min(lookAgainAt, graceEnds(record, one))
    }
    if (one.deploymentId !== primary?.id || instanceHas(world, one.instanceId, 'DRAINING')) {
      retiring.push(one)
    } else if (sickNow) sick.push(one)
    else good.push(one)
  }
  return { active, stopping, healthy, good, sick, retiring, lookAgainAt }
}
