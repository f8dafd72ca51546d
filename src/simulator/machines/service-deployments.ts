/** The records of service deployments: how each of them ends, and what they show while they run. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import type { DeploymentRecord, ServiceRecord, World } from '../world.ts'
import { hookDetails } from './hooks.ts'

const finished = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']

/** Whether a service deployment has ended, one way or another. */
export function isFinished(deployment: ServiceDeployment): boolean {
  return finished.includes(deployment.status ?? '')
}

/** Whether the newest service deployment is taking the service back. */
export function isRollingBack(record: ServiceRecord): boolean {
  const status = record.serviceDeployments[0]?.status
  return status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS'
}

/** Ends the newest service deployment, unless it has ended. */
export function finish(
  world: World,
  record: ServiceRecord,
  status: NonNullable<ServiceDeployment['status']>,
  reason: string | undefined,
  now: number,
): void {
  const current = record.serviceDeployments[0]
  if (current && !isFinished(current)) end(world, record, current, status, reason, now)
}

/** The newest service deployment is to end as STOPPED, and does when the scheduler next looks at it. */
export function requestEnd(world: World, record: ServiceRecord, reason: string, now: number): void {
  const current = record.serviceDeployments[0]
  if (!current || isFinished(current)) return
  Object.assign(current, serviceDeploymentView(world, record, current), {
    status: 'STOP_REQUESTED',
    statusReason: reason,
    updatedAt: new Date(now),
  })
}

/** A newer deployment takes the place of the newest service deployment. */
export function supersede(world: World, record: ServiceRecord, now: number): void {
  const reason = 'Service deployment was superseded by a newer one.'
  if (isRollingBack(record)) finish(world, record, 'ROLLBACK_FAILED', reason, now)
  else requestEnd(world, record, reason, now)
}

/** What the scheduler does with service deployments when it looks at a service: requests become what was asked for. */
export function noteLook(world: World, record: ServiceRecord, now: number): void {
  const [current] = record.serviceDeployments
  if (current?.status === 'PENDING') current.status = 'IN_PROGRESS'
  if (current?.status === 'ROLLBACK_REQUESTED') current.status = 'ROLLBACK_IN_PROGRESS'
  for (const one of record.serviceDeployments) {
    if (one.status === 'STOP_REQUESTED') {
      end(world, record, one, 'STOPPED', one.statusReason, now)
    }
  }
}

function end(
  world: World,
  record: ServiceRecord,
  one: ServiceDeployment,
  status: NonNullable<ServiceDeployment['status']>,
  reason: string | undefined,
  now: number,
): void {
  const at = new Date(now)
  record.serviceDeployments = record.serviceDeployments.map((each) =>
    each !== one
      ? each
      : {
          ...serviceDeploymentView(world, record, one),
          status,
          ...(reason && { statusReason: reason }),
          updatedAt: at,
          finishedAt: at,
          ...(status === 'STOPPED' && { stoppedAt: at }),
        },
  )
}

/** At how many failed tasks the circuit breaker trips, for the desired count of the moment. */
export function breakerThreshold(record: ServiceRecord): number {
  const breaker = record.service.deploymentConfiguration?.deploymentCircuitBreaker
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil(((record.service.desiredCount ?? 0) * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share))
}

/** Live tasks of a deployment: all of them, those in RUNNING, and those on the way there. */
export function countsOf(world: World, record: ServiceRecord, deployment: { readonly id: string }) {
  let live = 0
  let running = 0
  let pending = 0
  for (const id of record.live) {
    const one = world.tasks.get(id)
    const status = one?.task.lastStatus
    if (one?.deploymentId !== deployment.id || status === 'STOPPED') continue
    live++
    if (status === 'RUNNING') running++
    else if (one.task.desiredStatus === 'RUNNING') pending++
  }
  return { live, running, pending }
}

/** A revision with its counts and, while traffic shifts, with its share of it. */
export function summaryOf(world: World, record: ServiceRecord, deployment: DeploymentRecord) {
  const { running, pending } = countsOf(world, record, deployment)
  const primary = deployment.status === 'PRIMARY'
  const shift = record.deployments[0]?.shift
  const share = (percent: number) => {
    if (primary) return percent
    return deployment.id === otherSide(record)?.id ? 100 - percent : 0
  }
  return {
    arn: deployment.revision.serviceRevisionArn,
    requestedTaskCount: primary ? (record.service.desiredCount ?? 0) : running + pending,
    runningTaskCount: running,
    pendingTaskCount: pending,
    ...(shift && {
      requestedTestTrafficWeight: share(shift.test),
      requestedProductionTrafficWeight: share(shift.production),
    }),
  }
}

/** The deployment that has the traffic which the PRIMARY one has not: the one before it, or the one that failed. */
export function otherSide(record: ServiceRecord): DeploymentRecord | undefined {
  const [primary, ...others] = record.deployments
  if (primary?.shift?.plan.backwards) return others[0]
  return servingOf(record, others)
}

/** Which of older deployments has the traffic: the last that completed; before any has, the oldest. */
export function servingOf(
  { lastCompleted }: ServiceRecord,
  older: readonly DeploymentRecord[],
): DeploymentRecord | undefined {
  return lastCompleted ? older.find(({ id }) => id === lastCompleted.id) : older.at(-1)
}

/** A service deployment as DescribeServiceDeployments shows it: counts and monitors of the moment while it runs. */
export function serviceDeploymentView(
  world: World,
  record: ServiceRecord,
  deployment: ServiceDeployment,
): ServiceDeployment {
  if (isFinished(deployment)) return deployment
  const own = record.deployments.find(
    (d) => d.serviceDeploymentArn === deployment.serviceDeploymentArn,
  )
  const others = record.deployments.filter((d) => d !== own)
  const newest =
    deployment.serviceDeploymentArn === record.serviceDeployments[0]?.serviceDeploymentArn
  const shift = newest && isRollingBack(record) ? record.deployments[0]?.shift : own?.shift
  // The enumeration lacks one stage that the text of the API names.
  const stage = shift?.stage as ServiceDeployment['lifecycleStage']
  return {
    ...deployment,
    ...(others.length > 0 && {
      sourceServiceRevisions: others.map((d) => summaryOf(world, record, d)),
    }),
    ...(own && { targetServiceRevision: summaryOf(world, record, own) }),
    ...(shift && { lifecycleStage: stage, lifecycleHookDetails: hookDetails(shift) }),
    ...(own && monitors(record, own)),
  }
}

function monitors(record: ServiceRecord, own: DeploymentRecord) {
  const { deploymentCircuitBreaker, alarms } = record.service.deploymentConfiguration ?? {}
  const failed = own.rolloutState === 'FAILED'
  const triggered = own.triggered ?? []
  const over = failed || own.completed ? 'MONITORING_COMPLETE' : 'MONITORING'
  const broken = failed && own.brokenBy === 'breaker'
  return {
    deploymentCircuitBreaker: {
      status:
        !deploymentCircuitBreaker?.enable || own.shift ? 'DISABLED' : broken ? 'TRIGGERED' : over,
      failureCount: own.failures,
      threshold: breakerThreshold(record),
    },
    alarms: {
      status: !alarms?.enable ? 'DISABLED' : triggered.length > 0 ? 'TRIGGERED' : over,
      ...(alarms?.enable && {
        alarmNames: alarms.alarmNames,
        triggeredAlarmNames: [...triggered],
      }),
    },
  } as const
}
