/** Deployments of a service: how they begin, and how they complete. */
import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs'
import {
  type DeploymentRecord,
  definitionOf,
  ecsArn,
  type ServiceRecord,
  type World,
} from '../world.ts'
import { watchAlarms } from './alarms.ts'
import { texts, writeEvent } from './events.ts'
import { imageDigest } from './new-task.ts'
import { digits, hexId } from './random.ts'
import { countsOf, finish, isRollingBack, summaryOf, supersede } from './service-deployments.ts'
import { beginShift, planShift } from './stages.ts'
import { wakeService } from './tasks.ts'
import { resolveGroups } from './traffic.ts'

/** What a service revision holds, and a rollback takes back. */
export type Workload = Omit<
  ServiceRevision,
  | 'serviceRevisionArn'
  | 'serviceArn'
  | 'clusterArn'
  | 'createdAt'
  | 'containerImages'
  | 'resolvedConfiguration'
  | 'guardDutyEnabled'
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
  const { serviceRevisionArn, serviceArn, clusterArn, createdAt, ...revision } =
    record.deployments[0]?.revision ?? {}
  const { containerImages, resolvedConfiguration, guardDutyEnabled, ...workload } = revision
  return workload
}

/** Shows on the service what its PRIMARY deployment runs. */
export function showWorkload(record: ServiceRecord, workload: Workload): void {
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
  takeOver(record)
  const plan = planShift(world, record)
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
    ...resolved(world, record, workload, plan !== undefined),
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
    ...watchAlarms(world, record),
  }
  for (const older of record.deployments) {
    older.status = 'ACTIVE'
    delete older.shift
    delete older.bakingSince
  }
  record.deployments.unshift(deployment)
  record.serviceRevisions = [revision, ...record.serviceRevisions].slice(0, historyLength)
  record.serviceDeployments = [serviceDeployment, ...record.serviceDeployments].slice(
    0,
    historyLength,
  )
  service.currentServiceDeployment = serviceDeployment.serviceDeploymentArn
  if (plan) beginShift(world, record, deployment, plan, now)
  showWorkload(record, workload)
  wakeService(world, record, now)
  return deployment
}

/**
 * A deployment that is overtaken when all production traffic is its own already: the next one shifts from it. AWS does
 * not say so; the other one's tasks may be gone by then.
 */
function takeOver(record: ServiceRecord): void {
  const [current] = record.deployments
  if (current?.rolloutState === 'IN_PROGRESS' && current.shift?.production === 100) {
    record.lastCompleted = current
  }
}

/** What of a revision is settled when its deployment begins: the target group of each load balancer that has two. */
function resolved(world: World, record: ServiceRecord, workload: Workload, shifts: boolean) {
  const { loadBalancers = [] } = workload
  if (!loadBalancers.some((one) => one.advancedConfiguration)) return {}
  const groups = resolveGroups(world, record, loadBalancers, shifts)
  return { resolvedConfiguration: { loadBalancers: groups } }
}

/** All is running and healthy and the older deployments are gone. */
export function completeDeployment(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  now: number,
): void {
  deployment.completed = true
  const status = isRollingBack(record) ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL'
  finish(world, record, status, undefined, now)
  delete deployment.shift
  delete deployment.bakingSince
  deployment.rolloutState = 'COMPLETED'
  deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`
  deployment.updatedAt = new Date(now)
  record.lastCompleted = deployment
  record.deployments = [deployment]
  writeEvent(world, record, texts.completed(deployment.id), now)
}
