/** Deployments of a service: how they begin, complete, fail and are rolled back, and their service-deployment records. */
import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs'
import {
  type DeploymentRecord,
  definitionOf,
  ecsArn,
  type ServiceRecord,
  type World,
} from '../world.ts'
import { texts, writeEvent } from './events.ts'
import { imageDigest } from './new-task.ts'
import { digits, hexId } from './random.ts'
import { wakeService } from './tasks.ts'

/** What a service revision holds, and a rollback takes back. */
export type Workload = Omit<
  ServiceRevision,
  'serviceRevisionArn' | 'serviceArn' | 'clusterArn' | 'createdAt' | 'containerImages'
>

/** The members of a workload that DescribeServices shows on the service itself. */
const shown = [
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'platformFamily',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
] as const

const historyLength = 100

/** The workload that the service runs or rolls out now. */
export function workloadOf(record: ServiceRecord): Workload {
  const { serviceRevisionArn, serviceArn, clusterArn, createdAt, containerImages, ...workload } =
    record.deployments[0]?.revision ?? {}
  return workload
}

function showWorkload(record: ServiceRecord, workload: Workload): void {
  const service: Record<string, unknown> = record.service as Record<string, unknown>
  for (const member of shown) {
    if (workload[member] === undefined) delete service[member]
    else service[member] = workload[member]
  }
  // AWS shows the version that was asked for on the service, and the one in use on the deployment.
  const asked = record.scheduler.platformVersion
  if (workload.platformVersion !== undefined) service.platformVersion = asked ?? 'LATEST'
  service.loadBalancers ??= []
  service.serviceRegistries ??= []
}

/**
 * Begins a roll-out: a new PRIMARY deployment with its service revision and service deployment. The one that was
 * PRIMARY becomes ACTIVE at once; when it was still under way, its service deployment ends as STOPPED.
 */
export function beginDeployment(
  world: World,
  record: ServiceRecord,
  workload: Workload,
  now: number,
): DeploymentRecord {
  const { service, clusterName } = record
  const at = new Date(now)
  const id = `ecs-svc/${digits(world, 'deployment', 19)}`
  const path = `${clusterName}/${service.serviceName}`
  const definition = definitionOf(world, workload.taskDefinition)
  const revision: ServiceRevision = {
    serviceRevisionArn: ecsArn(world, `service-revision/${path}/${digits(world, 'revision', 19)}`),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    ...workload,
    containerImages: (definition?.containerDefinitions ?? []).map(({ name, image = '' }) => ({
      containerName: name,
      imageDigest: imageDigest(world, image),
      image,
    })),
    guardDutyEnabled: false,
    createdAt: at,
  }
  supersede(world, record, now)
  const serviceDeployment: ServiceDeployment = {
    serviceDeploymentArn: ecsArn(
      world,
      `service-deployment/${path}/${hexId(world, 'service-deployment', 21)}`,
    ),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    createdAt: at,
    startedAt: at,
    updatedAt: at,
    sourceServiceRevisions: record.deployments
      .filter((d) => countsOf(world, record, d).live > 0)
      .map((d) => summaryOf(world, record, d)),
    status: 'PENDING',
    deploymentConfiguration: service.deploymentConfiguration,
  }
  const deployment: DeploymentRecord = {
    id,
    status: 'PRIMARY',
    revision,
    serviceDeploymentArn: serviceDeployment.serviceDeploymentArn ?? '',
    createdAt: at,
    updatedAt: at,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failures: 0,
    startFailures: 0,
    notBefore: 0,
    completed: false,
  }
  for (const older of record.deployments) older.status = 'ACTIVE'
  record.deployments.unshift(deployment)
  record.serviceRevisions = [revision, ...record.serviceRevisions].slice(0, historyLength)
  record.serviceDeployments = [serviceDeployment, ...record.serviceDeployments].slice(
    0,
    historyLength,
  )
  service.currentServiceDeployment = serviceDeployment.serviceDeploymentArn
  showWorkload(record, workload)
  wakeService(world, record, now)
  return deployment
}

const finished = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']

/** Whether a service deployment has ended, one way or another. */
export function isFinished(deployment: ServiceDeployment): boolean {
  return finished.includes(deployment.status ?? '')
}

function finish(
  world: World,
  record: ServiceRecord,
  status: NonNullable<ServiceDeployment['status']>,
  reason: string | undefined,
  now: number,
): void {
  const current = record.serviceDeployments[0]
  if (!current || isFinished(current)) return
  const at = new Date(now)
  record.serviceDeployments[0] = {
    ...serviceDeploymentView(world, record, current, now),
    status,
    ...(reason && { statusReason: reason }),
    updatedAt: at,
    finishedAt: at,
    ...(status === 'STOPPED' && { stoppedAt: at }),
  }
}

function supersede(world: World, record: ServiceRecord, now: number): void {
  finish(world, record, 'STOPPED', 'Service deployment was superseded by a newer one.', now)
}

/** The newest service deployment moves from PENDING on, when the scheduler first looks at it. */
export function noteStarted(record: ServiceRecord): void {
  const current = record.serviceDeployments[0]
  if (current?.status === 'PENDING') current.status = 'IN_PROGRESS'
}

/** All is running and healthy and the older deployments are gone. */
export function completeDeployment(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  now: number,
): void {
  const rolledBack = record.serviceDeployments[0]?.status === 'ROLLBACK_IN_PROGRESS'
  deployment.completed = true
  finish(world, record, rolledBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL', undefined, now)
  deployment.rolloutState = 'COMPLETED'
  deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`
  deployment.updatedAt = new Date(now)
  record.lastCompleted = deployment
  record.deployments = [deployment]
  writeEvent(world, record, texts.completed(deployment.id), now)
}

/** At how many failed tasks the circuit breaker trips, for the desired count of the moment. */
export function breakerThreshold(record: ServiceRecord): number {
  const breaker = record.service.deploymentConfiguration?.deploymentCircuitBreaker
  const { type = 'BOUNDED_PERCENT', value = 50 } = breaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil(((record.service.desiredCount ?? 0) * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share))
}

/**
 * Fails the PRIMARY deployment. With `rollback` and a deployment that completed before, that one becomes PRIMARY again
 * under its old id; without, it stays PRIMARY and starts no more tasks.
 */
export function failDeployment(
  world: World,
  record: ServiceRecord,
  cause: { readonly by: 'breaker' | 'user'; readonly rollback: boolean; readonly reason: string },
  now: number,
): void {
  const failed = record.deployments[0]
  if (!failed) return
  const rollingBack = record.serviceDeployments[0]?.status === 'ROLLBACK_IN_PROGRESS'
  failed.rolloutState = 'FAILED'
  failed.rolloutStateReason = cause.reason
  failed.updatedAt = new Date(now)
  if (cause.by === 'breaker') writeEvent(world, record, texts.failed(failed.id), now)
  const back = record.lastCompleted
  if (rollingBack) finish(world, record, 'ROLLBACK_FAILED', cause.reason, now)
  else if (cause.rollback && back && back !== failed)
    revive(world, record, failed, back, cause.reason, now)
  else finish(world, record, 'STOPPED', cause.reason, now)
}

function revive(
  world: World,
  record: ServiceRecord,
  failed: DeploymentRecord,
  back: DeploymentRecord,
  reason: string,
  now: number,
): void {
  const current = record.serviceDeployments[0]
  if (current) {
    Object.assign(current, serviceDeploymentView(world, record, current, now), {
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      updatedAt: new Date(now),
      rollback: {
        reason: `Service deployment rolled back because of: ${reason}`,
        startedAt: new Date(now),
        serviceRevisionArn: back.revision.serviceRevisionArn,
      },
    })
  }
  Object.assign(back, { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', updatedAt: new Date(now) })
  Object.assign(back, { failures: 0, startFailures: 0, notBefore: 0 })
  back.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${back.id}.`
  failed.status = 'ACTIVE'
  record.deployments = [back, ...record.deployments.filter((d) => d !== back)]
  showWorkload(record, workloadOf(record))
  writeEvent(world, record, texts.rollingBack(back.id), now)
  wakeService(world, record, now)
}

/** Live tasks of a deployment: all of them, those in RUNNING, and those on the way there. */
export function countsOf(world: World, record: ServiceRecord, deployment: DeploymentRecord) {
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

function summaryOf(world: World, record: ServiceRecord, deployment: DeploymentRecord) {
  const { running, pending } = countsOf(world, record, deployment)
  const primary = deployment.status === 'PRIMARY'
  return {
    arn: deployment.revision.serviceRevisionArn,
    requestedTaskCount: primary ? (record.service.desiredCount ?? 0) : running + pending,
    runningTaskCount: running,
    pendingTaskCount: pending,
  }
}

/** A service deployment as DescribeServiceDeployments shows it: counts and monitors of the moment while it runs. */
export function serviceDeploymentView(
  world: World,
  record: ServiceRecord,
  deployment: ServiceDeployment,
  now: number,
): ServiceDeployment {
  if (isFinished(deployment)) return deployment
  const own = record.deployments.find(
    (d) => d.serviceDeploymentArn === deployment.serviceDeploymentArn,
  )
  const others = record.deployments.filter((d) => d !== own)
  const { deploymentCircuitBreaker, alarms, strategy } =
    record.service.deploymentConfiguration ?? {}
  const failed = own?.rolloutState === 'FAILED'
  const breaker = !deploymentCircuitBreaker?.enable
    ? 'DISABLED'
    : failed
      ? 'TRIGGERED'
      : own?.completed
        ? 'MONITORING_COMPLETE'
        : 'MONITORING'
  return {
    ...deployment,
    ...(others.length > 0 && {
      sourceServiceRevisions: others.map((d) => summaryOf(world, record, d)),
    }),
    ...(own && { targetServiceRevision: summaryOf(world, record, own) }),
    ...(strategy && strategy !== 'ROLLING' && own && { lifecycleStage: stageOf(record, own, now) }),
    deploymentCircuitBreaker: {
      status: breaker,
      failureCount: own?.failures ?? 0,
      threshold: breakerThreshold(record),
    },
    alarms: {
      status: alarms?.enable ? 'MONITORING' : 'DISABLED',
      ...(alarms?.enable && { alarmNames: alarms.alarmNames, triggeredAlarmNames: [] }),
    },
  }
}

/** Blue/green, linear, canary: how long traffic shifts, and how long the old tasks are kept after that. Milliseconds. */
export function shiftTimes(record: ServiceRecord): { shiftMs: number; bakeMs: number } {
  const configuration = record.service.deploymentConfiguration ?? {}
  const minute = 60_000
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = configuration.linearConfiguration ?? {}
  const { canaryBakeTimeInMinutes = 10 } = configuration.canaryConfiguration ?? {}
  const bakeMs = (configuration.bakeTimeInMinutes ?? 0) * minute
  switch (configuration.strategy) {
    case 'LINEAR':
      return {
        shiftMs: (Math.ceil(100 / stepPercent) - 1) * stepBakeTimeInMinutes * minute,
        bakeMs,
      }
    case 'CANARY':
      return { shiftMs: canaryBakeTimeInMinutes * minute, bakeMs }
    default:
      return { shiftMs: 0, bakeMs }
  }
}

function stageOf(record: ServiceRecord, own: DeploymentRecord, now: number) {
  if (own.healthyAt === undefined) return 'SCALE_UP'
  const { shiftMs, bakeMs } = shiftTimes(record)
  if (now < own.healthyAt + shiftMs) return 'PRODUCTION_TRAFFIC_SHIFT'
  return now < own.healthyAt + shiftMs + bakeMs ? 'BAKE_TIME' : 'CLEAN_UP'
}
