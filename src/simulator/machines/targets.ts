/** When the targets of a task turn healthy or unhealthy, and how long they drain. */
import { targetTiming } from '../services/elbv2/lookups.ts'
import type { TaskRecord, World } from '../world.ts'
import * as timing from './timing.ts'

/** The timing of a task's target groups; of several, what takes longest, but the first failure counts. */
function timingOf(world: World, record: TaskRecord) {
  const each = record.machine.targets.map(
    ({ targetGroupArn }) => targetTiming(world, targetGroupArn) ?? timing.target,
  )
  return {
    healthyMs: Math.max(...each.map(({ healthyMs }) => healthyMs)),
    unhealthyMs: Math.min(...each.map(({ unhealthyMs }) => unhealthyMs)),
    drainMs: Math.max(...each.map(({ drainMs }) => drainMs)),
  }
}

/** How long a task that leaves its target groups goes on serving. */
export function drainMs(world: World, record: TaskRecord): number {
  return timingOf(world, record).drainMs
}

/** The script that a target group's health checks would see: that of the container behind the port, or any. */
export function targetTimes(world: World, record: TaskRecord): { goodAt?: number; badAt?: number } {
  const startedAt = record.task.startedAt?.getTime() ?? 0
  const { plan } = record.machine
  const { healthyMs, unhealthyMs } = timingOf(world, record)
  if (plan.some(({ script }) => script.neverReady || script.failsTargetsAfterMs === 0)) {
    return { badAt: startedAt + unhealthyMs }
  }
  const after = plan.flatMap(({ script }) => [
    ...(script.unhealthyAfterMs === undefined ? [] : [script.unhealthyAfterMs]),
    ...(script.failsTargetsAfterMs === undefined ? [] : [script.failsTargetsAfterMs]),
  ])
  const goodAt = startedAt + healthyMs
  if (after.length === 0) return { goodAt }
  const badAt = startedAt + Math.min(...after)
  return badAt <= goodAt ? { badAt } : { goodAt, badAt }
}

/** How a target group sees a failing target: an answer that it does not like, or none. */
export function failureOf(world: World, record: TaskRecord, targetGroupArn: string) {
  const group = world.elbv2.targetGroups.get(targetGroupArn)?.group
  const http = (group?.HealthCheckProtocol ?? 'HTTP').startsWith('HTTP')
  const answers = record.machine.plan.some(
    ({ script }) => script.failsTargetsAfterMs !== undefined && !script.neverReady,
  )
  return http && answers
    ? {
        reason: 'Target.ResponseCodeMismatch',
        description: 'Health checks failed with these codes: [502]',
      }
    : { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
}

/** The next instant after `now` at which a target turns healthy or unhealthy. */
export function nextTargetEvent(world: World, record: TaskRecord, now: number): number {
  if (record.machine.targets.length === 0) return Number.POSITIVE_INFINITY
  const { goodAt, badAt } = targetTimes(world, record)
  const ahead = [goodAt, badAt].filter((at): at is number => at !== undefined && at > now)
  return Math.min(Number.POSITIVE_INFINITY, ...ahead)
}
