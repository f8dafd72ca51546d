/** Targets of schedules: what is refused in them, and the task that an ECS target stands for. */

import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import type { Target } from '@aws-sdk/client-scheduler'
import type { World } from '../../world.ts'
import { statementsOf } from '../iam/documents.ts'
import { roleOf, roleVisible } from '../iam/lookups.ts'
import { invalid } from './common.ts'

const ECS_CLUSTER = /^arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:cluster\/[\w-]{1,255}$/

/** Throws unless Scheduler may assume the role: it is there, has got round, and trusts Scheduler. */
function checkRole(world: World, arn: string, now: number): void {
  const [, account] = /^arn:[a-z-]+:iam::(\d{12}):role\/.+/.exec(arn) ?? []
  if (account === undefined) throw invalid(`Provided role ARN ${arn} is not valid.`)
  if (account !== world.account) {
    throw invalid('The execution role you provide must be in the same account as the schedule.')
  }
  const role = roleOf(world, arn)
  const trusted =
    role !== undefined &&
    roleVisible(world, arn, now) &&
    statementsOf(role.trust).some(
      ({ Effect: effect, Principal: principal }) =>
        effect === 'Allow' && JSON.stringify(principal).includes('"scheduler.amazonaws.com'),
    )
  if (trusted) return
  throw invalid(
    'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
  )
}

function checkEcs(target: Target): void {
  const { EcsParameters: parameters, Arn: arn = '', Input: input } = target
  if (!parameters) {
    if (ECS_CLUSTER.test(arn)) throw invalid('EcsParameters are required for an Amazon ECS target.')
    return
  }
  if (!ECS_CLUSTER.test(arn)) {
    throw invalid(`EcsParameters go with the ARN of a cluster only, not with ${arn}.`)
  }
  const { TaskDefinitionArn: definition = '', TaskCount: count = 1 } = parameters
  if (!/^arn:[a-z-]+:ecs:[^:]+:\d{12}:task-definition\/[\w-]+(:\d+)?$/.test(definition)) {
    throw invalid(`Invalid task definition ARN ${definition}.`)
  }
  if (count < 1 || count > 10) throw invalid('TaskCount must be between 1 and 10.')
  if (parameters.LaunchType && parameters.CapacityProviderStrategy?.length) {
    throw invalid('LaunchType and CapacityProviderStrategy cannot both be given.')
  }
  if (input !== undefined && overridesOf(input) === undefined) {
    throw invalid('The Input of an Amazon ECS target must be a JSON object.')
  }
}

/** What a target's input overrides in its task; undefined where it is no JSON object. */
function overridesOf(input: string): RunTaskRequest['overrides'] | undefined {
  try {
    const value: unknown = JSON.parse(input)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A target as the API shows it, with AWS's defaults. Throws ValidationException. */
export function shownTarget(world: World, target: Target | undefined, now: number): Target {
  if (!target) throw invalid('Target is required.')
  const { Arn: arn = '', RoleArn: role = '', RetryPolicy: retry, EcsParameters: ecs } = target
  if (!/^arn:[a-z-]+:.+/.test(arn)) throw invalid(`Provided Arn ${arn} is not in correct format.`)
  checkRole(world, role, now)
  checkEcs(target)
  const { MaximumEventAgeInSeconds: age = 86_400, MaximumRetryAttempts: attempts = 185 } =
    retry ?? {}
  if (age < 60 || age > 86_400) {
    throw invalid('MaximumEventAgeInSeconds must be between 60 and 86400.')
  }
  if (attempts < 0 || attempts > 185) {
    throw invalid('MaximumRetryAttempts must be between 0 and 185.')
  }
  return {
    ...target,
    ...(ecs && { EcsParameters: { ...ecs, TaskCount: ecs.TaskCount ?? 1 } }),
    RetryPolicy: { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: attempts },
  }
}

/** What RunTask is called with for an ECS target; undefined for targets of other services. */
export function runTaskInput(name: string, target: Target): RunTaskRequest | undefined {
  const { EcsParameters: parameters, Arn: cluster, Input: input } = target
  if (!parameters) return undefined
  const { Subnets, SecurityGroups, AssignPublicIp } =
    parameters.NetworkConfiguration?.awsvpcConfiguration ?? {}
  const overrides = input === undefined ? undefined : overridesOf(input)
  const definition = parameters.TaskDefinitionArn ?? ''
  // Without a revision the family is meant, whose newest active revision runs.
  const bare = /:\d+$/.test(definition)
    ? definition
    : definition.slice(definition.lastIndexOf('/') + 1)
  return {
    cluster,
    taskDefinition: bare,
    count: parameters.TaskCount ?? 1,
    startedBy: `chronos-schedule/${name.replaceAll('.', '-')}`,
    launchType: parameters.LaunchType,
    capacityProviderStrategy: parameters.CapacityProviderStrategy,
    platformVersion: parameters.PlatformVersion,
    group: parameters.Group,
    enableECSManagedTags: parameters.EnableECSManagedTags,
    enableExecuteCommand: parameters.EnableExecuteCommand,
    placementConstraints: parameters.PlacementConstraints,
    placementStrategy: parameters.PlacementStrategy,
    propagateTags: parameters.PropagateTags,
    referenceId: parameters.ReferenceId,
    tags: parameters.Tags?.map((tag) => ({
      key: tag.Key ?? tag.key ?? '',
      value: tag.Value ?? tag.value ?? '',
    })),
    ...(Subnets && {
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: Subnets,
          securityGroups: SecurityGroups,
          assignPublicIp: AssignPublicIp,
        },
      },
    }),
    ...(overrides && { overrides }),
  } as RunTaskRequest
}
