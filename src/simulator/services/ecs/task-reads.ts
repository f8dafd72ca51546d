/** DescribeTasks, ListTasks, and how a task identifier is looked up. */
import type { DescribeTasksRequest, ListTasksRequest, Task } from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import {
  ecsArn,
  lastPart,
  membersOf,
  serviceKey,
  type TaskRecord,
  type World,
} from '../../world.ts'
import { activeCluster } from './clusters.ts'
import { invalid } from './launch-settings.ts'
import { parseEcsArn } from './names.ts'
import { tagsOf } from './tags.ts'

/** The task that an id or ARN means in a cluster. */
export function findTask(
  world: World,
  cluster: string,
  identifier: string,
): TaskRecord | undefined {
  const arn = parseEcsArn(identifier)
  if (arn && arn.path.length > 1 && arn.path[0] !== cluster) return undefined
  const record = world.tasks.get(lastPart(identifier))
  return record?.clusterName === cluster ? record : undefined
}

/** A task as the API shows it; tags stand on it only when asked for. */
export function taskView(world: World, record: TaskRecord, withTags = true): Task {
  const tags = withTags ? tagsOf(world, record.task.taskArn ?? '') : []
  return { ...record.task, tags }
}

function describe(input: DescribeTasksRequest, context: CallContext) {
  const { world } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const asked = input.tasks ?? []
  if (asked.length === 0) throw invalid('Tasks cannot be empty.')
  if (asked.length > 100) throw invalid('Tasks cannot have more than 100 elements.')
  const withTags = input.include?.includes('TAGS') ?? false
  const found = asked.map((identifier) => ({
    identifier,
    record: findTask(world, home, identifier),
  }))
  return {
    tasks: found.flatMap(({ record }) => (record ? [taskView(world, record, withTags)] : [])),
    failures: found
      .filter(({ record }) => !record)
      .map(({ identifier }) => ({
        arn: identifier.startsWith('arn:')
          ? identifier
          : ecsArn(world, `task/${home}/${identifier}`),
        reason: 'MISSING',
      })),
  }
}

/** Ids to look through: those of one service where one is asked for, else all of the cluster. */
function candidates(input: ListTasksRequest, home: string, world: World): Iterable<string> {
  if (!input.serviceName) return membersOf(world, home).tasks
  const service = world.services.get(serviceKey(home, lastPart(input.serviceName)))
  if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  return [...service.live, ...service.ended]
}

function list(input: ListTasksRequest, context: CallContext) {
  const { world } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const { desiredStatus = 'RUNNING', family, startedBy, launchType, containerInstance } = input
  const arns: string[] = []
  for (const id of candidates(input, home, world)) {
    const record = world.tasks.get(id)
    if (!record) continue
    const { task } = record
    if (task.desiredStatus !== desiredStatus) continue
    if (family && !task.taskDefinitionArn?.includes(`task-definition/${family}:`)) continue
    if (startedBy && task.startedBy !== startedBy) continue
    if (launchType && task.launchType !== launchType) continue
    if (containerInstance && record.instanceId !== lastPart(containerInstance)) continue
    arns.push(task.taskArn ?? '')
  }
  const { items, nextToken } = page(arns, input, { key: (arn) => arn, size: 100, max: 100 })
  return { taskArns: items, nextToken }
}

export const taskReadHandlers: ServiceHandlers = { DescribeTasks: describe, ListTasks: list }
