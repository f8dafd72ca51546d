/** Task sets: create, describe, scale, make primary, delete. */
import {
  type CreateTaskSetRequest,
  CreateTaskSetRequest$,
  type DeleteTaskSetRequest,
  type DescribeTaskSetsRequest,
  type UpdateServicePrimaryTaskSetRequest,
  type UpdateTaskSetRequest,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { showWorkload } from '../../machines/deployments.ts'
import { addTaskSet, hasTaskSets, taskSetView } from '../../machines/task-sets.ts'
import { wakeService } from '../../machines/tasks.ts'
import type { ServiceRecord, TaskSetRecord } from '../../world.ts'
import { activeCluster } from './clusters.ts'
import { invalid } from './launch-settings.ts'
import { newWorkload } from './service-input.ts'
import { findService } from './services.ts'
import { conform } from './shape.ts'
import { checkTags, createTags, tagsOf } from './tags.ts'

const MAX_SETS = 5

type Place = { readonly cluster: string | undefined; readonly service: string | undefined }

/** The service that a request means. Throws for one that is not there, not ACTIVE, or deployed by ECS itself. */
function serviceFor({ cluster, service = '' }: Place, context: CallContext): ServiceRecord {
  const home = activeCluster(cluster, context).clusterName ?? ''
  const record = findService(context, home, service)
  if (!record) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  if (record.service.status !== 'ACTIVE') {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
  }
  if (!hasTaskSets(record)) {
    throw invalid(
      'Task sets are only supported for services with the EXTERNAL or CODE_DEPLOY deployment controller.',
    )
  }
  return record
}

function requireSet(record: ServiceRecord, identifier = ''): TaskSetRecord {
  const set = findSet(record, identifier)
  if (!set) throw new AwsError('TaskSetNotFoundException', 'The specified task set was not found.')
  return set
}

function findSet(record: ServiceRecord, identifier: string): TaskSetRecord | undefined {
  return record.taskSets?.find(
    ({ arn, deployment }) => arn === identifier || deployment.id === identifier,
  )
}

function checkScale(scale: TaskSetRecord['scale']): void {
  const { value = 0, unit = 'PERCENT' } = scale
  if (unit !== 'PERCENT' || value < 0 || value > 100) {
    throw invalid('The scale of a task set must be a percentage between 0 and 100.')
  }
}

function create(request: CreateTaskSetRequest, context: CallContext) {
  const input = conform(CreateTaskSetRequest$, request) as CreateTaskSetRequest
  const { world, now } = context
  const record = serviceFor(input, context)
  const createInput = JSON.stringify(input)
  const again = input.clientToken
    ? record.taskSets?.find((set) => set.createInput === createInput)
    : undefined
  if (again) return show(context, record, again)
  if ((record.taskSets ?? []).length >= MAX_SETS) {
    throw new AwsError(
      'LimitExceededException',
      `A service can have at most ${MAX_SETS} task sets.`,
    )
  }
  const scale = { unit: 'PERCENT', value: 0, ...input.scale } as const
  checkScale(scale)
  checkTags(input.tags)
  const workload = newWorkload(world, input, activeCluster(input.cluster, context))
  const { externalId } = input
  const wish = { status: 'ACTIVE', scale, createInput, ...(externalId && { externalId }) } as const
  const set = addTaskSet(world, record, workload, wish, now)
  createTags(world, set.arn, input.tags)
  return show(context, record, set)
}

function show(context: CallContext, record: ServiceRecord, set: TaskSetRecord, tags = true) {
  return { taskSet: view(context, record, set, tags) }
}

function view(context: CallContext, record: ServiceRecord, set: TaskSetRecord, tags: boolean) {
  const { world, now } = context
  return {
    ...taskSetView(world, record, set, now),
    ...(tags && { tags: tagsOf(world, set.arn) }),
  }
}

/** Replaces a set by a changed one. */
function change(
  context: CallContext,
  record: ServiceRecord,
  set: TaskSetRecord,
  members: Partial<TaskSetRecord>,
): TaskSetRecord {
  const deployment = { ...set.deployment, updatedAt: new Date(context.now) }
  const changed = { ...set, ...members, deployment }
  record.taskSets = record.taskSets?.map((one) => (one === set ? changed : one)) ?? []
  wakeService(context.world, record, context.now)
  return changed
}

function update(input: UpdateTaskSetRequest, context: CallContext) {
  const record = serviceFor(input, context)
  const set = requireSet(record, input.taskSet)
  const scale = { ...set.scale, ...input.scale }
  checkScale(scale)
  if (set.status === 'DRAINING') throw invalid('The task set is DRAINING.')
  return show(context, record, change(context, record, set, { scale }), false)
}

function makePrimary(input: UpdateServicePrimaryTaskSetRequest, context: CallContext) {
  const record = serviceFor(input, context)
  const set = requireSet(record, input.primaryTaskSet)
  if (set.status === 'DRAINING') throw invalid('The task set is DRAINING.')
  for (const one of record.taskSets ?? []) {
    if (one.status === 'PRIMARY' && one !== set) change(context, record, one, { status: 'ACTIVE' })
  }
  const changed = change(context, record, set, { status: 'PRIMARY' })
  showWorkload(record, changed.deployment.revision)
  return show(context, record, changed, false)
}

function remove(input: DeleteTaskSetRequest, context: CallContext) {
  const record = serviceFor(input, context)
  const set = requireSet(record, input.taskSet)
  if (!input.force && (set.scale.value ?? 0) > 0) {
    throw invalid('The task set cannot be deleted while it is scaled above 0.')
  }
  if (!input.force && set.status === 'PRIMARY') {
    throw invalid('The PRIMARY task set cannot be deleted.')
  }
  return show(context, record, change(context, record, set, { status: 'DRAINING' }), false)
}

function describe(input: DescribeTaskSetsRequest, context: CallContext) {
  const record = serviceFor(input, context)
  const asked = input.taskSets ?? []
  const sets = record.taskSets ?? []
  const wanted = asked.length > 0 ? asked.flatMap((id) => findSet(record, id) ?? []) : sets
  const tags = input.include?.includes('TAGS') ?? false
  return {
    taskSets: wanted.map((set) => view(context, record, set, tags)),
    failures: asked
      .filter((id) => !findSet(record, id))
      .map((id) => ({ arn: id, reason: 'MISSING' })),
  }
}

export const taskSetHandlers: ServiceHandlers = {
  CreateTaskSet: create,
  UpdateTaskSet: update,
  UpdateServicePrimaryTaskSet: makePrimary,
  DeleteTaskSet: remove,
  DescribeTaskSets: describe,
}
