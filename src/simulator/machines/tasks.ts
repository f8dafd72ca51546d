/** The life of a task: PROVISIONING → PENDING → ACTIVATING → RUNNING → DEACTIVATING → STOPPING → DEPROVISIONING → STOPPED. */
import type { TaskStopCode } from '@aws-sdk/client-ecs'
import {
  type InstanceRecord,
  lastPart,
  membersOf,
  type ServiceRecord,
  serviceOf,
  type TaskRecord,
  type World,
  waitingIn,
} from '../world.ts'
import { wakeAt } from './agenda.ts'
import {
  nextContainerEvent,
  reapContainers,
  signalContainers,
  stepContainers,
  taskHealth,
} from './containers.ts'
import { texts, writeEvent, writeOnce } from './events.ts'
import { releaseRoom } from './instances.ts'
import { writeLogs } from './logging.ts'
import { setAttachment } from './network.ts'
import { beginPull, imageDigest } from './new-task.ts'
import { between } from './random.ts'
import { lacking } from './references.ts'
import { drainMs, failureOf, nextTargetEvent, targetTimes } from './targets.ts'
import * as timing from './timing.ts'
import { tellOnlooker } from './watch.ts'

/** Orders a task to stop; it obeys once the order has reached its agent. A second order changes nothing. */
export function requestStop(
  world: World,
  record: TaskRecord,
  stopCode: TaskStopCode,
  reason: string,
  now: number,
): void {
  const { task, machine } = record
  if (task.desiredStatus === 'STOPPED') return
  task.desiredStatus = 'STOPPED'
  task.stopCode = stopCode
  task.stoppedReason = reason
  machine.healthy = false
  changed(world, record, now)
  wakeAt(world, 'task', lastPart(task.taskArn ?? ''), machine, now + timing.agentMs)
}

/** Something about the task has changed: its version counts on, and its service looks at it shortly. */
function changed(world: World, record: TaskRecord, now: number): void {
  record.task.version = (record.task.version ?? 0) + 1
  tellOnlooker(world, record, now)
  wakeService(world, serviceOf(world, record), now)
}

/** Wakes the scheduler of a service after its usual delay. */
export function wakeService(world: World, service: ServiceRecord | undefined, now: number): void {
  if (!service) return
  const key = `${service.clusterName}/${service.service.serviceName}`
  wakeAt(world, 'service', key, service.scheduler, now + timing.reactionMs)
}

/** Room has come free, or an instance has come: whoever waits for room in the cluster looks again. */
export function roomCame(world: World, clusterName: string, now: number): void {
  const waiting = waitingIn(world, clusterName)
  for (const key of waiting.services) wakeService(world, world.services.get(key), now)
  waiting.services.clear()
  for (const id of waiting.tasks) {
    const record = world.tasks.get(id)
    if (record) wakeAt(world, 'task', id, record.machine, now + timing.reactionMs)
  }
}

/** Wakes whoever has tasks on an instance, or may place tasks on it. */
export function instanceChanged(world: World, record: InstanceRecord, now: number): void {
  for (const id of record.tasks) {
    const task = world.tasks.get(id)
    if (task) wakeService(world, serviceOf(world, task), now)
  }
  roomCame(world, record.clusterName, now)
}

/** The instance under a task is gone: its containers are, too, without a word from them. */
export function loseHost(world: World, record: TaskRecord, reason: string, now: number): void {
  const { task, machine } = record
  if (task.lastStatus === 'STOPPED') return
  task.desiredStatus = 'STOPPED'
  task.stopCode = 'TerminationNotice'
  task.stoppedReason = reason
  task.stoppingAt ??= new Date(now)
  task.executionStoppedAt = new Date(now)
  machine.healthy = false
  for (const container of task.containers ?? []) container.lastStatus = 'STOPPED'
  setAttachment(record, 'DELETED')
  stopped(world, record, now)
  changed(world, record, now)
  wakeAt(world, 'task', lastPart(task.taskArn ?? ''), machine, machine.until)
}

/** Whether the agent under a task is not there to do anything about it, nor to report. */
function cutOff(world: World, { task, instanceId = '' }: TaskRecord): boolean {
  const instance = world.instances.get(instanceId)?.instance
  if (!instance || task.lastStatus === 'STOPPED') return false
  return !instance.agentConnected && instance.status !== 'INACTIVE'
}

/** Lets everything due at `now` happen to a task, and plans its next wake-up. */
export function stepTask(world: World, id: string, record: TaskRecord, now: number): void {
  if (cutOff(world, record)) return
  const before = record.task.lastStatus
  for (let status: string | undefined; status !== record.task.lastStatus; ) {
    status = record.task.lastStatus
    steps[status ?? '']?.(world, id, record, now)
  }
  writeLogs(world, record, now)
  const { task, machine } = record
  if (task.lastStatus !== before) changed(world, record, now)
  if (
    task.lastStatus === 'RUNNING' ||
    task.lastStatus === 'PENDING' ||
    task.lastStatus === 'ACTIVATING'
  ) {
    wakeLater(world, id, record, now)
  } else if (machine.until > now) {
    wakeAt(world, 'task', id, machine, machine.until)
  }
}

function wakeLater(world: World, id: string, record: TaskRecord, now: number): void {
  const { machine } = record
  const next = Math.min(
    machine.until > now ? machine.until : Number.POSITIVE_INFINITY,
    machine.pulled ? nextContainerEvent(record, now) : Number.POSITIVE_INFINITY,
    record.task.lastStatus === 'RUNNING'
      ? nextTargetEvent(world, record, now)
      : Number.POSITIVE_INFINITY,
  )
  if (Number.isFinite(next)) wakeAt(world, 'task', id, machine, next)
}

type Step = (world: World, id: string, record: TaskRecord, now: number) => void

const steps: Readonly<Record<string, Step>> = {
  PROVISIONING(world, _id, record, now) {
    if (stopping(record)) return beginStopping(world, record, now)
    if (record.machine.waiting || now < record.machine.until) return
    setAttachment(record, 'ATTACHED')
    record.task.lastStatus = 'PENDING'
    beginPull(world, record, now)
  },

  PENDING(world, id, record, now) {
    if (stopping(record)) return beginStopping(world, record, now)
    if (!record.machine.pulled && !finishPull(world, record, now)) return
    const verdict = stepContainers(world, record, now)
    if (verdict.kind === 'failed') return fail(world, record, verdict.reason, now)
    if (verdict.kind === 'ended') return essentialExited(world, record, now)
    if (verdict.kind === 'starting') return
    if (needsActivating(world, record)) {
      record.task.lastStatus = 'ACTIVATING'
      record.machine.until = now + timing.activateMs
    } else run(world, id, record, now)
  },

  ACTIVATING(world, id, record, now) {
    if (stopping(record)) return beginStopping(world, record, now)
    if (stepContainers(world, record, now).kind === 'ended')
      return essentialExited(world, record, now)
    if (now >= record.machine.until) run(world, id, record, now)
  },

  RUNNING(world, _id, record, now) {
    if (stopping(record)) return leaveService(world, record, now)
    if (stepContainers(world, record, now).kind === 'ended')
      return essentialExited(world, record, now)
    record.task.healthStatus = taskHealth(record)
    judgeHealth(world, record, now)
  },

  DEACTIVATING(world, _id, record, now) {
    const { kind } = stepContainers(world, record, now)
    if (now >= record.machine.until || kind === 'ended') beginStopping(world, record, now)
  },

  STOPPING(world, _id, record, now) {
    if (!reapContainers(record, now)) {
      const exits = record.machine.states.map((state) => state.exit?.at ?? now)
      record.machine.until = Math.min(...exits.filter((at) => at > now))
      return
    }
    record.task.executionStoppedAt = new Date(now)
    if ((record.task.attachments ?? []).length > 0) {
      record.task.lastStatus = 'DEPROVISIONING'
      record.machine.until = now + between(world, 'shut-down', ...timing.deprovision)
    } else stopped(world, record, now)
  },

  DEPROVISIONING(world, _id, record, now) {
    if (now < record.machine.until) return
    setAttachment(record, 'DELETED')
    stopped(world, record, now)
  },

  STOPPED(world, id, record, now) {
    if (now >= record.machine.until) forget(world, id, record)
  },
}

function stopping(record: TaskRecord): boolean {
  return record.task.desiredStatus === 'STOPPED'
}

/** Images are there, or something that the containers need is not. */
function finishPull(world: World, record: TaskRecord, now: number): boolean {
  const { task, machine } = record
  if (now < machine.until) return false
  const lack = lacking(world, record)
  if (lack) {
    const container = task.containers?.[lack.index]
    if (container) container.reason = lack.reason
    fail(world, record, lack.reason, now)
    return false
  }
  task.pullStoppedAt = new Date(now)
  for (const container of task.containers ?? []) {
    container.imageDigest = imageDigest(world, container.image ?? '')
  }
  machine.pulled = true
  return true
}

function needsActivating(world: World, record: TaskRecord): boolean {
  if (record.machine.targets.length > 1) return true
  return (serviceOf(world, record)?.service.serviceRegistries ?? []).length > 0
}

function run(world: World, id: string, record: TaskRecord, now: number): void {
  const { task, machine } = record
  task.lastStatus = 'RUNNING'
  task.startedAt = new Date(now)
  task.connectivity = 'CONNECTED'
  task.connectivityAt = new Date(now)
  machine.until = now + timing.healthyWithoutChecksMs
  const service = serviceOf(world, record)
  for (const { targetGroupArn } of machine.targets) {
    if (service) writeEvent(world, service, texts.registered(1, targetGroupArn), now)
  }
  wakeAt(world, 'task', id, machine, machine.until)
}

/** Brings targets up to date, and decides whether the scheduler may count the task as healthy. */
function judgeHealth(world: World, record: TaskRecord, now: number): void {
  const { task, machine } = record
  const { goodAt, badAt } = targetTimes(world, record)
  for (const target of machine.targets) {
    if (badAt !== undefined && now >= badAt) target.state = 'unhealthy'
    else if (goodAt !== undefined && now >= goodAt) target.state = 'healthy'
  }
  const checked = machine.plan.some((one) => one.essential && one.health)
  const bad = machine.targets.find((t) => t.state === 'unhealthy')
  const check = task.healthStatus === 'UNHEALTHY' ? 'container' : bad?.targetGroupArn
  const healthy =
    check === undefined &&
    (!checked || task.healthStatus === 'HEALTHY') &&
    machine.targets.every((t) => t.state === 'healthy') &&
    (checked || machine.targets.length > 0 || now >= machine.until)
  if (check !== undefined && !machine.unhealthy) {
    machine.unhealthy = { since: now, check }
    sayUnhealthy(world, record, bad?.port ?? 0, check, now)
    changed(world, record, now)
  }
  if (healthy !== machine.healthy) {
    machine.healthy = healthy
    machine.everHealthy ||= healthy
    changed(world, record, now)
  }
}

function sayUnhealthy(world: World, record: TaskRecord, port: number, check: string, now: number) {
  const service = serviceOf(world, record)
  const id = lastPart(record.task.taskArn ?? '')
  if (!service) return
  const text =
    check === 'container'
      ? texts.containerUnhealthy(id)
      : texts.targetUnhealthy(id, port, check, failureOf(world, record, check).description)
  writeOnce(world, service, `unhealthy ${id}`, text, now)
}

/** A stop order has reached a running task: it leaves its target groups first. */
function leaveService(world: World, record: TaskRecord, now: number): void {
  const { targets } = record.machine
  if (targets.length === 0) {
    beginStopping(world, record, now)
    return
  }
  const service = serviceOf(world, record)
  for (const { targetGroupArn } of targets) {
    if (service) writeEvent(world, service, texts.deregistered(1, targetGroupArn), now)
  }
  if (service) writeEvent(world, service, texts.draining(1), now, record.deploymentId)
  record.task.lastStatus = 'DEACTIVATING'
  record.machine.until = now + drainMs(world, record)
}

function beginStopping(world: World, record: TaskRecord, now: number): void {
  const { task, machine } = record
  task.lastStatus = 'STOPPING'
  task.stoppingAt = new Date(now)
  waitingIn(world, record.clusterName).tasks.delete(lastPart(task.taskArn ?? ''))
  machine.until = now
  signalContainers(record, now, () => between(world, 'shut-down', ...timing.stop))
}

function endItself(
  world: World,
  record: TaskRecord,
  code: TaskStopCode,
  reason: string,
  now: number,
) {
  const { task, machine } = record
  machine.healthy = false
  if (task.desiredStatus !== 'STOPPED') {
    task.desiredStatus = 'STOPPED'
    task.stopCode = code
    task.stoppedReason = reason
  }
  beginStopping(world, record, now)
}

function essentialExited(world: World, record: TaskRecord, now: number): void {
  endItself(world, record, 'EssentialContainerExited', 'Essential container in task exited', now)
}

function fail(world: World, record: TaskRecord, reason: string, now: number): void {
  endItself(world, record, 'TaskFailedToStart', reason, now)
}

function stopped(world: World, record: TaskRecord, now: number): void {
  const { task, machine } = record
  task.lastStatus = 'STOPPED'
  task.stoppedAt = new Date(now)
  if (task.connectivity) task.connectivity = 'DISCONNECTED'
  machine.until = now + timing.stoppedTaskMs
  releaseTask(world, record)
  roomCame(world, record.clusterName, now)
}

/** Gives back the room that a task had on its instance. */
export function releaseTask(world: World, record: TaskRecord): void {
  const instance = record.instanceId ? world.instances.get(record.instanceId) : undefined
  if (!instance) return
  const gpus = (record.task.containers ?? []).flatMap((c) => c.gpuIds ?? [])
  releaseRoom(instance, lastPart(record.task.taskArn ?? ''), record.need, gpus)
}

function forget(world: World, id: string, record: TaskRecord): void {
  world.tasks.delete(id)
  world.tags.delete(record.task.taskArn ?? '')
  membersOf(world, record.clusterName).tasks.delete(id)
  serviceOf(world, record)?.ended.delete(id)
}
