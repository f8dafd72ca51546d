/** Services and deployments as DescribeServices shows them: what is declared, with the counts of the moment. */
import type { Deployment, Service } from '@aws-sdk/client-ecs'
import { countsOf } from '../../machines/service-deployments.ts'
import { taskSetView } from '../../machines/task-sets.ts'
import type { DeploymentRecord, ServiceRecord, World } from '../../world.ts'
import { tagsOf } from './tags.ts'

/** One service. `tags` only when asked for. */
export function serviceView(world: World, record: ServiceRecord, withTags: boolean): Service {
  const { service } = record
  let [runningCount, pendingCount] = [0, 0]
  for (const id of record.live) {
    const task = world.tasks.get(id)?.task
    if (task?.lastStatus === 'RUNNING') runningCount++
    else if (task?.desiredStatus === 'RUNNING') pendingCount++
  }
  const deployments = record.deployments.map((one) => deploymentView(world, record, one))
  return {
    ...service,
    runningCount,
    pendingCount,
    deployments,
    taskSets: (record.taskSets ?? []).map((set) => taskSetView(world, record, set, world.time)),
    ...(service.status === 'ACTIVE' && {
      currentServiceRevisions: record.deployments.map((one, i) => ({
        arn: one.revision.serviceRevisionArn,
        requestedTaskCount: deployments[i]?.desiredCount,
        runningTaskCount: deployments[i]?.runningCount,
        pendingTaskCount: deployments[i]?.pendingCount,
      })),
    }),
    ...(withTags && { tags: tagsOf(world, service.serviceArn ?? '') }),
  }
}

/** What a deployment shows of its revision. */
const shown = [
  'capacityProviderStrategy',
  'launchType',
  'platformVersion',
  'platformFamily',
  'networkConfiguration',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const

function deploymentView(world: World, record: ServiceRecord, one: DeploymentRecord): Deployment {
  const { running, pending } = countsOf(world, record, one)
  const rolls = (record.service.deploymentController?.type ?? 'ECS') === 'ECS'
  const classic = record.service.loadBalancers?.some((lb) => lb.loadBalancerName)
  const workload = shown.filter((member) => one.revision[member] !== undefined)
  return {
    id: one.id,
    status: one.status,
    taskDefinition: one.revision.taskDefinition,
    desiredCount: one.status === 'PRIMARY' ? record.service.desiredCount : running + pending,
    pendingCount: pending,
    runningCount: running,
    failedTasks: one.failures,
    createdAt: one.createdAt,
    updatedAt: one.updatedAt,
    ...Object.fromEntries(workload.map((member) => [member, one.revision[member]])),
    // AWS shows no roll-out state behind a Classic Load Balancer and with other controllers.
    ...(rolls &&
      !classic && {
        rolloutState: one.rolloutState,
        rolloutStateReason: one.rolloutStateReason,
      }),
  }
}
