/** RunTask, StartTask, StopTask. */
import {
  type Failure,
  type RunTaskRequest,
  RunTaskRequest$,
  type StartTaskRequest,
  StartTaskRequest$,
  type StopTaskRequest,
  type TaskDefinition,
  type TaskOverride,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { isFargateProvider, nextProvider, tasksOfGroup, taskTags } from '../../machines/launch.ts'
import { needOf, requiredAttributes } from '../../machines/need.ts'
import { interfaceWish, zoneOf } from '../../machines/network.ts'
import { createTask, type NewTask } from '../../machines/new-task.ts'
import { instancesOf, lackOf, place, type Wish } from '../../machines/placement.ts'
import { isManaged } from '../../machines/providers.ts'
import { roleError } from '../../machines/references.ts'
import { requestStop } from '../../machines/tasks.ts'
import { lastPart, type TaskRecord, type World } from '../../world.ts'
import { activeCluster } from './clusters.ts'
import {
  checkCompatible,
  checkPlacement,
  invalid,
  launchSettings,
  networkOf,
  onFargate,
  platformOf,
  usableDefinition,
} from './launch-settings.ts'
import { conform } from './shape.ts'
import { checkTags } from './tags.ts'
import { findTask, taskView } from './task-reads.ts'

/** The definition with the roles that the request puts in place of its own. */
function withRoles(definition: TaskDefinition, overrides: TaskOverride = {}): TaskDefinition {
  const { executionRoleArn, taskRoleArn } = overrides
  return {
    ...definition,
    ...(executionRoleArn && { executionRoleArn }),
    ...(taskRoleArn && { taskRoleArn }),
  }
}

function checkCommon(
  input: RunTaskRequest | StartTaskRequest,
  definition: TaskDefinition,
  { world, now }: CallContext,
): void {
  if (!/^[A-Za-z0-9\-_/]{0,128}$/.test(input.startedBy ?? '')) {
    throw invalid('startedBy must be at most 128 letters, digits, hyphens, slashes or underscores.')
  }
  checkTags(input.tags)
  const error = roleError(world, withRoles(definition, input.overrides), now)
  if (error) throw new AwsError('ClientException', error)
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!definition.containerDefinitions?.some((container) => container.name === name)) {
      throw invalid(
        `Override for container named ${name} is not a container in the TaskDefinition.`,
      )
    }
  }
}

function newTask(
  context: CallContext,
  home: string,
  input: RunTaskRequest | StartTaskRequest,
  definition: TaskDefinition,
): Omit<NewTask, 'launchType'> {
  return {
    clusterName: home,
    definition,
    group: input.group ?? `family:${definition.family}`,
    ...(input.startedBy && { startedBy: input.startedBy }),
    ...(input.overrides && { overrides: input.overrides }),
    ...(input.enableExecuteCommand && { enableExecuteCommand: true }),
    tags: taskTags(context.world, {
      clusterName: home,
      ...(input.enableECSManagedTags && { enableECSManagedTags: true }),
      ...(input.propagateTags && { propagateTags: input.propagateTags }),
      ...(definition.taskDefinitionArn && { definitionArn: definition.taskDefinitionArn }),
      own: Object.fromEntries((input.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
    }),
  }
}

function run(request: RunTaskRequest, context: CallContext) {
  const input = conform(RunTaskRequest$, request) as RunTaskRequest
  const { world } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const token = input.clientToken && `${home} ${input.clientToken}`
  const known = token ? world.runs.get(token) : undefined
  if (known) {
    if (known.input !== JSON.stringify(input)) {
      throw new AwsError(
        'ConflictException',
        'The provided clientToken is already in use with a different RunTask request.',
      )
    }
    return answer(
      world,
      known.tasks.flatMap((id) => world.tasks.get(id) ?? []),
      [],
    )
  }
  const { tasks, failures } = runNew(input, home, context)
  if (token) {
    const ids = tasks.map((record) => lastPart(record.task.taskArn ?? ''))
    world.runs.set(token, { input: JSON.stringify(input), tasks: ids })
  }
  return answer(world, tasks, failures)
}

function answer(world: World, tasks: readonly TaskRecord[], failures: readonly Failure[]) {
  return { tasks: tasks.map((record) => taskView(world, record)), failures: [...failures] }
}

function runNew(input: RunTaskRequest, home: string, context: CallContext) {
  const { world, now } = context
  const definition = usableDefinition(world, input.taskDefinition)
  const count = input.count ?? 1
  if (count < 1 || count > 10) throw invalid('Count must be between 1 and 10.')
  const cluster = activeCluster(input.cluster, context)
  const launch = launchSettings(input, cluster)
  checkCompatible(definition, launch)
  const platformVersion = platformOf(input.platformVersion, launch)
  const network = networkOf(world, input.networkConfiguration, definition, launch)
  const { placementConstraints = [], placementStrategy = [] } = input
  checkPlacement(placementConstraints, placementStrategy, launch)
  checkCommon(input, definition, context)
  const base = { ...newTask(context, home, input, definition), ...interfaceWish(network) }
  const tasks: TaskRecord[] = []
  const failures: Failure[] = []
  for (let i = 0; i < count; i++) {
    const provider = nextProvider(
      launch.capacityProviderStrategy ?? [],
      (name) => tasks.filter((one) => one.task.capacityProviderName === name).length,
    )
    const capacity = provider ? { capacityProvider: provider } : {}
    if (provider ? isFargateProvider(provider) : onFargate(launch)) {
      const version = platformVersion ? { platformVersion } : {}
      tasks.push(
        createTask(world, { ...base, ...capacity, ...version, launchType: 'FARGATE' }, now),
      )
      continue
    }
    const wish = wishOf(world, home, input, base, definition, provider, launch.launchType)
    const placement = place(world, wish)
    const launchType = launch.launchType ?? 'EC2'
    if ('instance' in placement) {
      const { instance } = placement
      tasks.push(createTask(world, { ...base, ...capacity, launchType, instance }, now))
    } else if (provider && isManaged(world, provider)) {
      const waiting = { constraints: wish.constraints, strategy: wish.strategy }
      tasks.push(createTask(world, { ...base, ...capacity, launchType, waiting }, now))
    } else {
      if (provider && placement.refusals.length === 0) {
        failures.push({ reason: 'EMPTY CAPACITY PROVIDER' })
        break
      }
      if (instancesOf(world, home).every((one) => one.instance.status === 'INACTIVE')) {
        throw invalid('No Container Instances were found in your cluster.')
      }
      for (const { instance, lack } of placement.refusals) {
        failures.push({ arn: instance.instance.containerInstanceArn, reason: lack })
      }
      break
    }
  }
  return { tasks, failures }
}

function wishOf(
  world: World,
  home: string,
  input: RunTaskRequest,
  base: Omit<NewTask, 'launchType'>,
  definition: TaskDefinition,
  provider: string | undefined,
  launchType: string | undefined,
): Wish {
  const subnets = base.subnets ?? []
  return {
    clusterName: home,
    need: needOf(definition, input.overrides),
    required: requiredAttributes(definition),
    constraints: [...memberships(definition), ...(input.placementConstraints ?? [])],
    strategy: input.placementStrategy ?? [],
    peers: tasksOfGroup(world, home, base.group),
    ...(provider && { capacityProvider: provider }),
    ...(subnets.length > 0 && { zones: subnets.flatMap((id) => zoneOf(world, id) ?? []) }),
    ...(launchType === 'EXTERNAL' && { external: true }),
  }
}

function memberships(definition: TaskDefinition) {
  return (definition.placementConstraints ?? []).map(({ expression }) => ({
    type: 'memberOf' as const,
    expression,
  }))
}

function start(request: StartTaskRequest, context: CallContext) {
  const input = conform(StartTaskRequest$, request) as StartTaskRequest
  const { world, now } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const definition = usableDefinition(world, input.taskDefinition)
  const hosts = input.containerInstances ?? []
  if (hosts.length === 0) throw invalid('Container instances cannot be empty.')
  if (hosts.length > 10) throw invalid('Container instances cannot have more than 10 elements.')
  checkCompatible(definition, { launchType: 'EC2' })
  const network = networkOf(world, input.networkConfiguration, definition, { launchType: 'EC2' })
  checkCommon(input, definition, context)
  const base = { ...newTask(context, home, input, definition), ...interfaceWish(network) }
  const tasks: TaskRecord[] = []
  const failures: Failure[] = []
  for (const identifier of hosts) {
    const instance = world.instances.get(lastPart(identifier))
    if (instance?.clusterName !== home) {
      failures.push({ arn: identifier, reason: 'MISSING' })
      continue
    }
    // StartTask goes round the scheduler: no constraints, but nothing is placed where it does not fit.
    const run = { clusterName: home, taskDefinition: undefined }
    const wish = wishOf(world, home, run, base, definition, undefined, undefined)
    const lack = lackOf(
      world,
      { ...wish, need: needOf(definition, input.overrides), constraints: [] },
      instance,
    )
    if (lack) failures.push({ arn: instance.instance.containerInstanceArn, reason: lack })
    else tasks.push(createTask(world, { ...base, launchType: 'EC2', instance }, now))
  }
  return answer(world, tasks, failures)
}

function stop(input: StopTaskRequest, context: CallContext) {
  const { world, now } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const record = findTask(world, home, input.task ?? '')
  if (!record) throw invalid('The referenced task was not found.')
  requestStop(world, record, 'UserInitiated', input.reason || 'Task stopped by user', now)
  return { task: taskView(world, record) }
}

export const taskHandlers: ServiceHandlers = { RunTask: run, StartTask: start, StopTask: stop }
