/** Task definitions: registering, looking up, listing, deregistering and deleting revisions. */
import {
  type Failure,
  type RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionRequest$,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { ecsArn, isName, parseEcsArn } from './names.ts'
import { requiresAttributes } from './requires-attributes.ts'
import { conform } from './shape.ts'
import { checkTags, createTags, forgetTags, tagsOf } from './tags.ts'
import { taskSize, withDefaults } from './task-definition-defaults.ts'
import { validateTaskDefinition } from './task-definition-validation.ts'

/** A revision that is deleted stays in sight as DELETE_IN_PROGRESS for so long; AWS publishes no number. */
const DELETING_MS = 60_000

/**
 * The revision that `reference` means, whatever its status: a family (its newest ACTIVE revision),
 * `family:revision`, or an ARN of this account and region. Callers judge the status.
 */
export function findTaskDefinition(world: World, reference: string): TaskDefinition | undefined {
  let name = reference
  if (reference.startsWith('arn:')) {
    const arn = parseEcsArn(reference)
    if (
      arn?.type !== 'task-definition' ||
      arn.account !== world.account ||
      arn.region !== world.region
    )
      return undefined
    name = arn.path.join('/')
  }
  const [family = '', revision, ...more] = name.split(':')
  if (more.length > 0) return undefined
  const records = world.families.get(family) ?? []
  if (revision === undefined)
    return records.findLast((record) => record?.definition.status === 'ACTIVE')?.definition
  return /^[1-9][0-9]*$/.test(revision) ? records[Number(revision) - 1]?.definition : undefined
}

/** Whether the time of a revision that is being deleted has come, unless something still runs on it. */
function isGone(definition: TaskDefinition, context: CallContext): boolean {
  if (definition.status !== 'DELETE_IN_PROGRESS' || !definition.deleteRequestedAt) return false
  if (context.now - definition.deleteRequestedAt.getTime() < DELETING_MS) return false
  return !inUse(context.world).has(definition.taskDefinitionArn ?? '')
}

/** ARNs of the revisions that services and tasks refer to. */
function inUse(world: World): ReadonlySet<string> {
  const used = new Set<string>()
  for (const { service, deployments } of world.services.values()) {
    if (service.status === 'INACTIVE') continue
    used.add(service.taskDefinition ?? '')
    for (const { revision } of deployments) used.add(revision.taskDefinition ?? '')
  }
  for (const { task } of world.tasks.values()) {
    if (task.lastStatus !== 'STOPPED') used.add(task.taskDefinitionArn ?? '')
  }
  return used
}

function requireVisible(
  definition: TaskDefinition | undefined,
  context: CallContext,
  message: string,
): TaskDefinition {
  if (!definition || isGone(definition, context)) throw clientError(message)
  return definition
}

/** Replaces a revision's record; nothing is changed in place, so that older views may share it. */
function store(world: World, definition: TaskDefinition): TaskDefinition {
  const family = definition.family ?? ''
  const records = [...(world.families.get(family) ?? [])]
  records[(definition.revision ?? 1) - 1] = { definition }
  world.families.set(family, records)
  return definition
}

function clientError(message: string): AwsError {
  return new AwsError('ClientException', message)
}

function register(request: RegisterTaskDefinitionRequest, context: CallContext) {
  const { world, now } = context
  const kept = conform(RegisterTaskDefinitionRequest$, request) as RegisterTaskDefinitionRequest
  const { cpu: _cpu, memory: _memory, ...unsized } = kept
  const input: RegisterTaskDefinitionRequest = { ...unsized, ...taskSize(kept) }
  validateTaskDefinition(input)
  checkTags(input.tags)
  const family = input.family ?? ''
  const revision = (world.families.get(family)?.length ?? 0) + 1
  const taskDefinitionArn = ecsArn(context, `task-definition/${family}:${revision}`)
  const definition = store(world, {
    taskDefinitionArn,
    ...withDefaults(input),
    revision,
    status: 'ACTIVE',
    requiresAttributes: requiresAttributes(input),
    registeredAt: new Date(now),
    registeredBy: `arn:aws:iam::${context.account}:user/simulator`,
  })
  createTags(world, taskDefinitionArn, input.tags)
  return { taskDefinition: definition, tags: tagsOf(world, taskDefinitionArn) }
}

/** `family:revision` or an ARN; a bare family is refused, as the writes want one revision. */
function requireRevision(reference: string): void {
  const name = reference.startsWith('arn:')
    ? reference.slice(reference.lastIndexOf('/') + 1)
    : reference
  if (!/^[A-Za-z0-9_-]+:[0-9]+$/.test(name))
    throw clientError(`Invalid revision number. Number: ${name.split(':')[1] ?? ''}`)
}

function deregister({ taskDefinition = '' }: { taskDefinition?: string }, context: CallContext) {
  requireRevision(taskDefinition)
  const unknown =
    'The specified task definition does not exist. Specify a valid account, family, revision and try again.'
  const definition = requireVisible(
    findTaskDefinition(context.world, taskDefinition),
    context,
    unknown,
  )
  if (definition.status !== 'ACTIVE') return { taskDefinition: definition }
  const inactive = {
    ...definition,
    status: 'INACTIVE' as const,
    deregisteredAt: new Date(context.now),
  }
  return { taskDefinition: store(context.world, inactive) }
}

function remove({ taskDefinitions = [] }: { taskDefinitions?: string[] }, context: CallContext) {
  const { world } = context
  if (taskDefinitions.length === 0) throw invalid('Task definitions cannot be empty.')
  if (taskDefinitions.length > 10)
    throw invalid('Task definitions cannot have more than 10 elements.')
  const deleted: TaskDefinition[] = []
  const failures: Failure[] = []
  for (const reference of taskDefinitions) {
    const arn = reference.startsWith('arn:')
      ? reference
      : ecsArn(context, `task-definition/${reference}`)
    const definition = reference.includes(':') ? findTaskDefinition(world, reference) : undefined
    if (!definition || isGone(definition, context)) {
      failures.push({
        arn,
        reason:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      })
    } else if (definition.status === 'ACTIVE') {
      failures.push({
        arn,
        reason:
          'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      })
    } else if (definition.status === 'DELETE_IN_PROGRESS') {
      deleted.push(definition)
    } else {
      deleted.push(
        store(world, {
          ...definition,
          status: 'DELETE_IN_PROGRESS',
          deleteRequestedAt: new Date(context.now),
        }),
      )
      forgetTags(world, definition.taskDefinitionArn ?? '')
    }
  }
  return { taskDefinitions: deleted, failures }
}

function describe(input: { taskDefinition?: string; include?: string[] }, context: CallContext) {
  const found = findTaskDefinition(context.world, input.taskDefinition ?? '')
  const definition = requireVisible(found, context, 'Unable to describe task definition.')
  // Tags stand beside the definition, never inside it, and only when asked for.
  const tags = input.include?.includes('TAGS')
    ? { tags: tagsOf(context.world, definition.taskDefinitionArn ?? '') }
    : {}
  return { taskDefinition: definition, ...tags }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

interface ListInput {
  readonly familyPrefix?: string
  readonly status?: string
  readonly sort?: string
  readonly nextToken?: string
  readonly maxResults?: number
}

function list(input: ListInput, context: CallContext) {
  const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input
  if (!['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'].includes(status))
    throw invalid(`Invalid status '${status}'.`)
  if (!['ASC', 'DESC'].includes(sort)) throw invalid(`Invalid sort '${sort}'.`)
  if (familyPrefix !== undefined && !isName(familyPrefix))
    throw invalid('Family prefix contains invalid characters.')
  const { families } = context.world
  // Despite its name, familyPrefix is the whole name of one family.
  const records =
    familyPrefix === undefined ? [...families.values()].flat() : (families.get(familyPrefix) ?? [])
  const definitions = records
    .flatMap((record) => record?.definition ?? [])
    .filter((definition) => definition.status === status && !isGone(definition, context))
  const { items, nextToken } = page(definitions, input, {
    // Revisions sort as numbers inside their family.
    key: ({ family = '', revision = 0 }) => `${family}:${String(revision).padStart(8, '0')}`,
    size: 100,
    max: 100,
    descending: sort === 'DESC',
  })
  return {
    taskDefinitionArns: items.map((definition) => definition.taskDefinitionArn ?? ''),
    nextToken,
  }
}

function listFamilies(input: ListInput, context: CallContext) {
  const { familyPrefix = '', status = 'ACTIVE' } = input
  if (!['ACTIVE', 'INACTIVE', 'ALL'].includes(status)) throw invalid(`Invalid status '${status}'.`)
  const families: string[] = []
  for (const [family, records] of context.world.families) {
    if (!family.startsWith(familyPrefix)) continue
    const active = records.some((record) => record?.definition.status === 'ACTIVE')
    if (status === 'ALL' || active === (status === 'ACTIVE')) families.push(family)
  }
  const result = page(families, input, { key: (family) => family, size: 100, max: 100 })
  return { families: result.items, nextToken: result.nextToken }
}

export const taskDefinitionHandlers: ServiceHandlers = {
  RegisterTaskDefinition: register,
  DescribeTaskDefinition: describe,
  ListTaskDefinitions: list,
  ListTaskDefinitionFamilies: listFamilies,
  DeregisterTaskDefinition: deregister,
  DeleteTaskDefinitions: remove,
}
