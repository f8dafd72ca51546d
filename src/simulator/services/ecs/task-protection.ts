/** UpdateTaskProtection and GetTaskProtection: tasks that scaling in and deployments may not stop for a while. */
import type {
  Failure,
  GetTaskProtectionRequest,
  ProtectedTask,
  UpdateTaskProtectionRequest,
} from '@aws-sdk/client-ecs'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { wakeService } from '../../machines/tasks.ts'
import { ecsArn, serviceOf, type TaskRecord } from '../../world.ts'
import { activeCluster } from './clusters.ts'
import { invalid } from './launch-settings.ts'
import { findTask } from './task-reads.ts'

const defaultMinutes = 120

function view(record: TaskRecord, now: number): ProtectedTask {
  const until = record.machine.protectedUntil ?? 0
  return {
    taskArn: record.task.taskArn,
    protectionEnabled: until > now,
    ...(until > now && { expirationDate: new Date(until) }),
  }
}

/** Looks tasks up; only running tasks of services can be protected. */
function lookUp(context: CallContext, cluster: string | undefined, asked: readonly string[]) {
  const home = activeCluster(cluster, context).clusterName ?? ''
  const records: TaskRecord[] = []
  const failures: Failure[] = []
  for (const identifier of asked) {
    const record = findTask(context.world, home, identifier)
    const arn = record?.task.taskArn ?? ecsArn(context.world, `task/${home}/${identifier}`)
    if (!record) failures.push({ arn, reason: 'MISSING' })
    else if (record.serviceName === undefined) failures.push({ arn, reason: 'TASK_NOT_VALID' })
    else records.push(record)
  }
  return { records, failures }
}

function update(input: UpdateTaskProtectionRequest, context: CallContext) {
  const { tasks = [], protectionEnabled = false, expiresInMinutes = defaultMinutes } = input
  if (tasks.length > 10) throw invalid('Tasks cannot have more than 10 elements.')
  if (expiresInMinutes < 1 || expiresInMinutes > 2880) {
    throw invalid('expiresInMinutes must be between 1 and 2880.')
  }
  const { records, failures } = lookUp(context, input.cluster, tasks)
  for (const record of records) {
    if (protectionEnabled) record.machine.protectedUntil = context.now + expiresInMinutes * 60_000
    else delete record.machine.protectedUntil
    wakeService(context.world, serviceOf(context.world, record), context.now)
  }
  return { protectedTasks: records.map((record) => view(record, context.now)), failures }
}

function get(input: GetTaskProtectionRequest, context: CallContext) {
  const asked = input.tasks ?? []
  if (asked.length > 100) throw invalid('Tasks cannot have more than 100 elements.')
  const { records, failures } = lookUp(context, input.cluster, asked)
  return { protectedTasks: records.map((record) => view(record, context.now)), failures }
}

export const taskProtectionHandlers: ServiceHandlers = {
  UpdateTaskProtection: update,
  GetTaskProtection: get,
}
