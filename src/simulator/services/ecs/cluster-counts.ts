/** What a cluster holds, counted: derived from the world each time, so that the counts cannot drift. */
import type { KeyValuePair } from '@aws-sdk/client-ecs'
import type { World } from '../../world.ts'

export interface ClusterCounts {
  readonly registeredContainerInstancesCount: number
  readonly runningTasksCount: number
  readonly pendingTasksCount: number
  readonly activeServicesCount: number
}

const LAUNCH_TYPES = [
  ['EC2', 'EC2'],
  ['FARGATE', 'Fargate'],
  ['EXTERNAL', 'External'],
] as const

/** RUNNING tasks are running; what is on its way there is pending; what is on its way out is neither. */
function phase(lastStatus: string | undefined): 'running' | 'pending' | undefined {
  if (lastStatus === 'RUNNING') return 'running'
  return ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(lastStatus ?? '')
    ? 'pending'
    : undefined
}

/** The four counts that every answer about a cluster carries. */
export function clusterCounts(world: World, name: string): ClusterCounts {
  let running = 0
  let pending = 0
  for (const { clusterName, task } of world.tasks.values()) {
    if (clusterName !== name) continue
    const at = phase(task.lastStatus)
    if (at === 'running') running += 1
    else if (at === 'pending') pending += 1
  }
  let instances = 0
  for (const { clusterName, instance } of world.instances.values()) {
    if (clusterName === name && instance.status !== 'INACTIVE') instances += 1
  }
  let services = 0
  for (const { clusterName, service } of world.services.values()) {
    if (clusterName === name && service.status === 'ACTIVE') services += 1
  }
  return {
    registeredContainerInstancesCount: instances,
    runningTasksCount: running,
    pendingTasksCount: pending,
    activeServicesCount: services,
  }
}

/** DescribeClusters with STATISTICS: tasks and services by launch type, under the names that the API's documentation lists. */
export function clusterStatistics(world: World, name: string): KeyValuePair[] {
  const counts = new Map<string, number>()
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { clusterName, task } of world.tasks.values()) {
    const at = phase(task.lastStatus)
    if (clusterName === name && at) add(`${at}/${task.launchType ?? 'EC2'}/Tasks`)
  }
  for (const { clusterName, service } of world.services.values()) {
    if (clusterName !== name) continue
    const fargate = service.capacityProviderStrategy?.some((item) =>
      item.capacityProvider?.startsWith('FARGATE'),
    )
    const launchType = service.launchType ?? (fargate ? 'FARGATE' : 'EC2')
    if (service.status === 'ACTIVE') add(`active/${launchType}/Service`)
    if (service.status === 'DRAINING') add(`draining/${launchType}/Service`)
  }
  const kinds = [
    ['running', 'Tasks'],
    ['pending', 'Tasks'],
    ['active', 'Service'],
    ['draining', 'Service'],
  ] as const
  return kinds.flatMap(([state, what]) =>
    LAUNCH_TYPES.map(([launchType, label]) => ({
      name: `${state}${label}${what}Count`,
      value: String(counts.get(`${state}/${launchType}/${what}`) ?? 0),
    })),
  )
}
