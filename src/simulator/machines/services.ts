/** The service scheduler: one pass over one service, whenever something about it has changed or is due. */
import {
  type DeploymentRecord,
  type ServiceRecord,
  type ShiftState,
  type World,
  waitingIn,
} from '../world.ts'
import { wakeAt } from './agenda.ts'
import { alarmBake, triggeredAlarms } from './alarms.ts'
import { daemonPass } from './daemon.ts'
import { completeDeployment } from './deployments.ts'
import { causeGone, texts, writeOnce } from './events.ts'
import { launchTasks, liveTasks } from './launch.ts'
import { failDeployment } from './rollback.ts'
import { breakerThreshold, isRollingBack, noteLook, otherSide } from './service-deployments.ts'
import { mayCleanUp, mayScaleUp, stepStages } from './stages.ts'
import { boundsOf, isProtected, stopOrder, stopTasks } from './stopping.ts'
import { account, type Tally, tallyOf } from './tally.ts'
import { taskSetPass } from './task-sets.ts'
import { inactiveServiceMs, placementRetryMs, repeatEventMs } from './timing.ts'

/** Lets the scheduler look at a service, and plans when it looks again. */
export function stepService(world: World, key: string, record: ServiceRecord, now: number): void {
  account(world, record, now)
  if (record.service.status === 'INACTIVE') forgetWhenDue(world, key, record, now)
  else if (record.service.status === 'DRAINING') drain(world, key, record, now)
  else schedule(world, key, record, now)
}

function schedule(world: World, key: string, record: ServiceRecord, now: number): void {
  noteLook(world, record, now)
  tripBreaker(world, record, now)
  tripAlarms(world, record, now)
  const sets = record.taskSets?.length ? taskSetPass(world, record, now) : Number.POSITIVE_INFINITY
  if (Number.isFinite(sets))
    wakeAt(world, 'service', key, record.scheduler, Math.max(sets, now + 1))
  const stages = goOn(world, record, now)
  const primary = record.deployments[0]
  if (!primary) return
  const next =
    record.service.schedulingStrategy === 'DAEMON'
      ? daemonPass(world, record, primary, tallyOf(world, record, now), now)
      : replicaPass(world, record, primary, tallyOf(world, record, now), now)
  leaveList(world, record)
  const again = Math.min(next, stages, settle(world, record, now))
  if (Number.isFinite(again))
    wakeAt(world, 'service', key, record.scheduler, Math.max(again, now + 1))
}

function forgetWhenDue(world: World, key: string, record: ServiceRecord, now: number): void {
  const forgetAt = record.scheduler.forgetAt ?? now
  if (now < forgetAt) wakeAt(world, 'service', key, record.scheduler, forgetAt)
  else world.services.delete(key)
}

/** A deleted service: all tasks stop, then it is INACTIVE. */
function drain(world: World, key: string, record: ServiceRecord, now: number): void {
  const tasks = liveTasks(world, record.live)
  stopTasks(world, record, tasks, undefined, now)
  if (tasks.length > 0) return
  record.service.status = 'INACTIVE'
  record.deployments = []
  for (const { arn } of record.taskSets ?? []) world.tags.delete(arn)
  record.taskSets = []
  record.serviceDeployments = []
  record.serviceRevisions = []
  world.tags.delete(record.service.serviceArn ?? '')
  waitingIn(world, record.clusterName).services.delete(key)
  record.scheduler.forgetAt = now + inactiveServiceMs
  wakeAt(world, 'service', key, record.scheduler, record.scheduler.forgetAt)
}

function tripBreaker(world: World, record: ServiceRecord, now: number): void {
  const primary = record.deployments[0]
  const breaker = record.service.deploymentConfiguration?.deploymentCircuitBreaker
  if (!primary || !breaker?.enable || primary.rolloutState !== 'IN_PROGRESS') return
  // The breaker is for rolling deployments alone.
  if (primary.shift || primary.failures < breakerThreshold(record)) return
  const why = 'tasks failed to start'
  failDeployment(world, record, { by: 'breaker', rollback: breaker.rollback ?? false, why }, now)
}

function tripAlarms(world: World, record: ServiceRecord, now: number): void {
  const primary = record.deployments[0]
  const { alarms } = record.service.deploymentConfiguration ?? {}
  if (!alarms?.enable || primary?.rolloutState !== 'IN_PROGRESS' || isRollingBack(record)) return
  const triggered = triggeredAlarms(world, primary)
  if (triggered.length === 0) return
  primary.triggered = triggered
  const cause = { by: 'alarm', rollback: alarms.rollback ?? false, why: 'alarm detected' } as const
  failDeployment(world, record, cause, now)
}

/** Goes on with a deployment that shifts traffic. Returns when to look again. */
function goOn(world: World, record: ServiceRecord, now: number): number {
  const primary = record.deployments[0]
  if (!primary?.shift || primary.rolloutState !== 'IN_PROGRESS') return Number.POSITIVE_INFINITY
  const look = stepStages(world, record, primary, tallyOf(world, record, now), now)
  if ('next' in look) return look.next
  failDeployment(world, record, { ...look, rollback: true }, now)
  return now
}

/**
 * One pass over a REPLICA service: starts up to (upper − active) tasks of the PRIMARY deployment, stops up to
 * (healthy − lower) tasks of older ones. Returns when to look again at the latest.
 */
function replicaPass(
  world: World,
  record: ServiceRecord,
  primary: DeploymentRecord,
  tally: Tally,
  now: number,
): number {
  const desired = record.service.desiredCount ?? 0
  const bounds = boundsOf(record)
  const halted = primary.rolloutState === 'FAILED'
  const shift = halted ? undefined : primary.shift
  const upper = shift ? Number.POSITIVE_INFINITY : bounds.upper
  const lower = shift ? desired : bounds.lower
  let next = tally.lookAgainAt

  const surplus = stopOrder(
    tally.good.filter((one) => !isProtected(one, now)),
    tally.good.length - desired,
  )
  // They no longer hold up the lower bound.
  const lost = surplus.filter((one) => one.machine.healthy).length
  stopTasks(world, record, surplus, undefined, now)

  const free = Math.max(0, upper - tally.active)
  const missing = shift && !mayScaleUp(shift) ? 0 : Math.max(0, desired - tally.good.length)
  if (!halted && missing > 0 && now < primary.notBefore) next = Math.min(next, primary.notBefore)
  else if (!halted && Math.min(free, missing) > 0) {
    const { refusals } = launchTasks(world, record, primary, Math.min(free, missing), now)
    if (refusals) next = Math.min(next, countPlacementFailure(primary, now))
  }
  if (primary.startFailures >= 3) writeOnce(world, record, 'flapping', texts.flapping, now)
  else causeGone(record, 'flapping')

  if (!halted) replaceSick(world, record, tally, desired, free, now)
  if (shift && !mayCleanUp(shift)) {
    keepOther(world, record, tally, shift, now)
    return next
  }
  const stopped = halted ? 0 : retire(world, record, tally, lower + lost, now)
  sayWhenStuck(world, record, tally, { stopped, free, missing, halted }, now)
  return next
}

/** Stops tasks of older deployments and on draining instances as far as enough healthy ones remain. */
function retire(
  world: World,
  record: ServiceRecord,
  tally: Tally,
  lower: number,
  now: number,
): number {
  const allowed = tally.retiring.filter((one) => !isProtected(one, now))
  const idle = allowed.filter((one) => !one.machine.healthy)
  const healthy = allowed.filter((one) => one.machine.healthy)
  const stop = [...idle, ...stopOrder(healthy, Math.max(0, tally.healthy - lower))]
  stopTasks(world, record, stop, undefined, now)
  return stop.length
}

/** Failing tasks go once replaced; where no replacement can start beside them, one by one. */
function replaceSick(
  world: World,
  record: ServiceRecord,
  tally: Tally,
  desired: number,
  free: number,
  now: number,
): void {
  const { sick, good, stopping } = tally
  const replaced = good.filter((one) => one.machine.healthy).length >= desired
  const warming = good.some((one) => !one.machine.healthy)
  if (sick.length === 0 || !(replaced || (free === 0 && !warming && stopping === 0))) return
  for (const one of replaced ? sick : sick.slice(0, 1)) {
    const check = one.machine.unhealthy?.check
    const reason =
      check === 'container'
        ? 'Task failed container health checks'
        : `Task failed ELB health checks in (target-group ${check})`
    stopTasks(world, record, [one], reason, now)
  }
}

/** Counts a task that found no place as failed, once a minute. Returns when to look again. */
function countPlacementFailure(primary: DeploymentRecord, now: number): number {
  const since = primary.placementFailedAt ?? primary.updatedAt.getTime()
  const due = since + placementRetryMs
  if (now < due) return due
  primary.placementFailedAt = now
  if (primary.rolloutState === 'IN_PROGRESS') primary.failures++
  return now + placementRetryMs
}

/**
 * While traffic shifts, the tasks that have the rest of it are kept, and replaced when they end. Those of deployments
 * that were superseded before they had any go first.
 */
function keepOther(
  world: World,
  record: ServiceRecord,
  tally: Tally,
  { stage, plan }: ShiftState,
  now: number,
): void {
  const other = otherSide(record)
  if (stage === 'RECONCILE_SERVICE') {
    const unwanted = tally.retiring.filter((one) => one.deploymentId !== other?.id)
    stopTasks(world, record, unwanted, undefined, now)
  }
  const kept = tally.retiring.filter((one) => one.deploymentId === other?.id)
  if (other && kept.length < plan.keep) {
    launchTasks(world, record, other, plan.keep - kept.length, now)
  }
}

/** Says so when the percentages allow neither starting nor stopping. */
function sayWhenStuck(
  world: World,
  record: ServiceRecord,
  tally: Tally,
  moved: { stopped: number; free: number; missing: number; halted: boolean },
  now: number,
): void {
  const { good, retiring, stopping, sick } = tally
  const waits = moved.stopped > 0 || moved.free > 0 || stopping > 0 || moved.halted
  const warming = [...good, ...retiring].some((one) => !one.machine.healthy)
  const stuck = moved.missing > 0 && retiring.length > 0 && sick.length === 0 && !waits && !warming
  if (stuck) writeOnce(world, record, 'stuck', texts.stuck, now)
  else causeGone(record, 'stuck')
}

/** Older deployments leave the list with their last task; a failed one stays until its rollback is through. */
function leaveList(world: World, record: ServiceRecord): void {
  const alive = new Set(liveTasks(world, record.live).map((one) => one.deploymentId))
  const rollingBack = isRollingBack(record)
  record.deployments = record.deployments.filter(
    (d) =>
      d.status === 'PRIMARY' || alive.has(d.id) || (rollingBack && d.rolloutState === 'FAILED'),
  )
}

/** Completes the deployment and notes the steady state, when it is one. Returns when to look again. */
function settle(world: World, record: ServiceRecord, now: number): number {
  const primary = record.deployments[0]
  const tally = tallyOf(world, record, now)
  const desired = record.service.desiredCount ?? 0
  const all = liveTasks(world, record.live)
  const whole =
    all.length === desired &&
    tally.good.length === desired &&
    tally.good.every((one) => one.machine.healthy)
  if (primary?.rolloutState === 'IN_PROGRESS' && whole) {
    const until = primary.shift ? stagesEnd(primary.shift) : alarmBake(record, primary, now)
    if (until > now) return until
    completeDeployment(world, record, primary, now)
  }
  if (!whole || record.deployments[0]?.rolloutState !== 'COMPLETED') {
    causeGone(record, 'steady')
    return Number.POSITIVE_INFINITY
  }
  writeOnce(world, record, 'steady', texts.steady, now)
  return (record.scheduler.said.steady?.at ?? now) + repeatEventMs
}

/** Whether the stages are through; they have a clock of their own. */
function stagesEnd(shift: ShiftState): number {
  return mayCleanUp(shift) ? 0 : Number.POSITIVE_INFINITY
}
