/** What a task needs before its containers can start: images, secrets, parameters, log groups, roles; and how their lack is said. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs'
import { isMissing } from '../services/ecr/pull.ts'
import { roleOf, roleVisible } from '../services/iam/lookups.ts'
import { definitionOf, type TaskRecord, type World } from '../world.ts'
import { parameterValue, trusts } from './surroundings.ts'

/** A container that cannot start, and why, in the words of `stoppedReason`. */
export interface Lacking {
  readonly index: number
  readonly reason: string
}

/** What keeps a task from starting; undefined when nothing does. References are looked up where the simulator is told to. */
export function lacking(world: World, record: TaskRecord): Lacking | undefined {
  const containers = record.task.containers ?? []
  const definitions = definitionOf(world, record.task.taskDefinitionArn)?.containerDefinitions ?? []
  const fargate = record.task.launchType === 'FARGATE'
  const reasons = record.machine.plan.map((one, index): string | undefined => {
    const image = containers[index]?.image ?? ''
    const definition = world.checksReferences ? definitions[index] : undefined
    const secret = definition && missingSecret(world, definition, fargate)
    if (secret) return `ResourceInitializationError: ${secret}`
    const group = definition && missingLogGroup(world, definition)
    if (group && fargate) {
      return `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${group} : exit status 1`
    }
    if (group) {
      return `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ${group}`
    }
    if (one.script.cannotPull || (world.checksImages && isMissing(world, image))) {
      return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: not found`
    }
    return undefined
  })
  const index = reasons.findIndex((reason) => reason !== undefined)
  const reason = reasons[index]
  return reason === undefined ? undefined : { index, reason }
}

/** The first secret or parameter of a container that is not there, as the agent of Fargate or of an instance says it. */
function missingSecret(
  world: World,
  { secrets = [], logConfiguration, repositoryCredentials }: ContainerDefinition,
  fargate: boolean,
): string | undefined {
  const named = [
    ...[...secrets, ...(logConfiguration?.secretOptions ?? [])].map(
      ({ valueFrom = '' }) => valueFrom,
    ),
    ...(repositoryCredentials?.credentialsParameter
      ? [repositoryCredentials.credentialsParameter]
      : []),
  ]
  const lost = named.find((valueFrom) => !isThere(world, valueFrom))
  if (lost === undefined) return undefined
  const retrieval =
    'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve'
  if (!lost.startsWith('arn:aws:secretsmanager:')) {
    const name = parameterName(lost)
    return fargate
      ? `${retrieval} secrets from ssm: service call has been retried 1 time(s): invalid parameters: ${name}`
      : `Fetching secret data from SSM Parameter Store in ${world.region}: invalid parameters: ${name}`
  }
  const text = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
  return fargate
    ? `${retrieval} secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secretArn(lost)} from secrets manager: ${text}`
    : `Fetching secret data from AWS Secrets Manager in region ${world.region}: secret ${secretArn(lost)}: ${text}`
}

/** Without the JSON key and version that may follow: seven parts. */
function secretArn(valueFrom: string): string {
  return valueFrom.split(':').slice(0, 7).join(':')
}

function parameterName(valueFrom: string): string {
  const rest = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(valueFrom)?.[1]
  if (rest === undefined) return valueFrom
  // An ARN writes the path `/a/b` as `parameter/a/b`, and the plain name `a` as `parameter/a`.
  return rest.includes('/') ? `/${rest}` : rest
}

/** Whether a secret or parameter exists; of other accounts and regions nothing is known. */
function isThere(world: World, valueFrom: string): boolean {
  const [, , service, region, account] = valueFrom.split(':')
  const isArn = valueFrom.startsWith('arn:')
  if (isArn && (region !== world.region || account !== world.account)) return true
  if (isArn && service === 'secretsmanager') {
    const arn = secretArn(valueFrom)
    return [...world.secrets.secrets.values()].some(
      (one) => !one.deleted && (one.arn === arn || one.arn.slice(0, -7) === arn),
    )
  }
  const name = parameterName(valueFrom)
  return (
    parameterValue(world, name) !== undefined || parameterValue(world, `/${name}`) !== undefined
  )
}

function missingLogGroup(
  world: World,
  { logConfiguration }: ContainerDefinition,
): string | undefined {
  const options = logConfiguration?.options ?? {}
  const group = options['awslogs-group']
  if (logConfiguration?.logDriver !== 'awslogs' || group === undefined) return undefined
  const elsewhere = (options['awslogs-region'] ?? world.region) !== world.region
  const made = options['awslogs-create-group'] === 'true'
  if (elsewhere || made || world.logs.groups.has(group)) return undefined
  return 'ResourceNotFoundException: The specified log group does not exist.'
}

/** The error of a task that cannot have one of its roles; undefined when it can. Roles are looked up where the simulator is told to. */
export function roleError(
  world: World,
  { executionRoleArn, taskRoleArn }: TaskDefinition,
  now: number,
): string | undefined {
  if (!world.checksReferences) return undefined
  const bad = [executionRoleArn, taskRoleArn].find((arn) => arn && !isUsable(world, arn, now))
  if (!bad) return undefined
  return `ECS was unable to assume the role '${bad}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`
}

function isUsable(world: World, nameOrArn: string, now: number): boolean {
  const role = roleOf(world, nameOrArn)
  return (
    role !== undefined &&
    roleVisible(world, nameOrArn, now) &&
    trusts(role, 'ecs-tasks.amazonaws.com')
  )
}
