/** Task sets: what a deployment controller other than ECS's own has ECS keep running. */
import type { TaskSet } from '@aws-sdk/client-ecs'
import {
  ecsArn,
  isLive,
  type ServiceRecord,
  type TaskRecord,
  type TaskSetRecord,
  type World,
} from '../world.ts'
import type { Workload } from './deployments.ts'
import { causeGone, texts, writeOnce } from './events.ts'
import { instanceHas } from './instances.ts'
import { launchTasks, liveTasks } from './launch.ts'
import { digits } from './random.ts'
import { countsOf } from './service-deployments.ts'
import { isProtected, stopOrder, stopTasks } from './stopping.ts'
import { isSick } from './tally.ts'
import { wakeService } from './tasks.ts'
import { placementRetryMs } from './timing.ts'

/** Whether a service is made of task sets, and not of deployments. */
export function hasTaskSets({ service }: ServiceRecord): boolean {
  const { type = 'ECS' } = service.deploymentController ?? {}
  return type !== 'ECS'
}

/** Adds a task set to a service; the first one that ECS makes for CodeDeploy is PRIMARY. */
export function addTaskSet(
  world: World,
  record: ServiceRecord,
  workload: Workload,
  wish: Pick<TaskSetRecord, 'status' | 'scale' | 'externalId' | 'startedBy' | 'createInput'>,
  now: number,
): TaskSetRecord {
  const { service, clusterName } = record
  const id = `ecs-svc/${digits(world, 'deployment', 19)}`
  const at = new Date(now)
  const set: TaskSetRecord = {
    ...wish,
    arn: ecsArn(world, `task-set/${clusterName}/${service.serviceName}/${id}`),
    deployment: {
      id,
      status: 'ACTIVE',
      revision: { serviceArn: service.serviceArn, clusterArn: service.clusterArn, ...workload },
      serviceDeploymentArn: '',
      createdAt: at,
      updatedAt: at,
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: '',
      failures: 0,
      startFailures: 0,
      notBefore: 0,
      completed: false,
    },
  }
  record.taskSets = [...(record.taskSets ?? []), set]
  wakeService(world, record, now)
  return set
}

/** What the PRIMARY task set runs; nothing before there is one. */
export function workloadOfSet(record: ServiceRecord): Workload {
  const { serviceArn, clusterArn, ...workload } =
    record.taskSets?.find(({ status }) => status === 'PRIMARY')?.deployment.revision ?? {}
  return workload
}

/** All task sets go: the service is deployed by ECS itself from now on. */
export function leaveTaskSets(record: ServiceRecord): void {
  record.taskSets = (record.taskSets ?? []).map((set) => ({ ...set, status: 'DRAINING' }))
}

/** How many tasks a set is to have: its share of the service's desired count, rounded up. */
export function wantedBy(record: ServiceRecord, set: TaskSetRecord): number {
  if (set.status === 'DRAINING') return 0
  return Math.ceil(((record.service.desiredCount ?? 0) * (set.scale.value ?? 0)) / 100)
}

/** One pass over all task sets of a service. Returns when to look again at the latest. */
export function taskSetPass(world: World, record: ServiceRecord, now: number): number {
  const sets = record.taskSets ?? []
  let next = Number.POSITIVE_INFINITY
  // Of a service that ECS itself deploys now, the deployment takes their tasks away.
  const kept = hasTaskSets(record) ? sets : []
  for (const set of kept) next = Math.min(next, keep(world, record, set, now))
  record.taskSets = sets.filter(
    (set) => set.status !== 'DRAINING' || countsOf(world, record, set.deployment).live > 0,
  )
  const steady = record.taskSets.every((set) => isSteady(world, record, set))
  if (record.deployments.length > 0) return next
  if (steady && record.taskSets.length > 0) writeOnce(world, record, 'steady', texts.steady, now)
  else causeGone(record, 'steady')
  return next
}

function keep(world: World, record: ServiceRecord, set: TaskSetRecord, now: number): number {
  const { deployment } = set
  const own = tasksOf(world, record, set).filter((one) => one.task.desiredStatus === 'RUNNING')
  const sick = own.filter((one) => isSick(record, one, now))
  const leaving = own.filter((one) => instanceHas(world, one.instanceId, 'DRAINING'))
  const good = own.filter((one) => !sick.includes(one) && !leaving.includes(one))
  const wanted = wantedBy(record, set)
  const surplus = good.filter((one) => !isProtected(one, now) || set.status === 'DRAINING')
  stopTasks(world, record, stopOrder(surplus, good.length - wanted), undefined, now, deployment.id)
  const healthy = good.filter((one) => one.machine.healthy).length
  if (healthy >= wanted) {
    stopTasks(world, record, [...sick, ...leaving], undefined, now, deployment.id)
  }
  if (good.length >= wanted) return Number.POSITIVE_INFINITY
  if (now < deployment.notBefore) return deployment.notBefore
  const { refusals } = launchTasks(world, record, deployment, wanted - good.length, now)
  return refusals ? now + placementRetryMs : Number.POSITIVE_INFINITY
}

function tasksOf(world: World, record: ServiceRecord, set: TaskSetRecord): TaskRecord[] {
  return liveTasks(world, record.live).filter(
    (one) => isLive(one) && one.deploymentId === set.deployment.id,
  )
}

function isSteady(world: World, record: ServiceRecord, set: TaskSetRecord): boolean {
  const own = tasksOf(world, record, set)
  return (
    set.status !== 'DRAINING' &&
    own.length === wantedBy(record, set) &&
    own.every((one) => one.machine.healthy && !instanceHas(world, one.instanceId, 'DRAINING'))
  )
}

/** What a set shows of its revision. */
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

/** A task set as the API shows it, with the counts of the moment. */
export function taskSetView(
  world: World,
  record: ServiceRecord,
  set: TaskSetRecord,
  now: number,
): TaskSet {
  const { deployment } = set
  const { running, pending } = countsOf(world, record, deployment)
  const members = shown.filter((member) => deployment.revision[member] !== undefined)
  return {
    id: deployment.id,
    taskSetArn: set.arn,
    serviceArn: record.service.serviceArn,
    clusterArn: record.service.clusterArn,
    ...(set.startedBy && { startedBy: set.startedBy }),
    ...(set.externalId && { externalId: set.externalId }),
    status: set.status,
    computedDesiredCount: wantedBy(record, set),
    pendingCount: pending,
    runningCount: running,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...Object.fromEntries(members.map((member) => [member, deployment.revision[member]])),
    scale: set.scale,
    stabilityStatus: isSteady(world, record, set) ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: new Date(now),
  }
}
