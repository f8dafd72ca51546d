/**
 * The causes that are told apart, and the words by which AWS tells of them. Pure. Rests on the stopped-task error
 * pages of the Amazon ECS Developer Guide and on what the container agent says.
 */

export type Cause =
  | 'ImageNotFound'
  | 'ImagePullDenied'
  | 'ImagePullLimited'
  | 'ImagePlatform'
  | 'RegistryUnreachable'
  | 'DiskFull'
  | 'MissingSecret'
  | 'SecretDenied'
  | 'RoleNotAssumable'
  | 'LogGroupMissing'
  | 'LogDenied'
  | 'CommandNotFound'
  | 'OutOfMemory'
  | 'EssentialContainerExited'
  | 'ContainerHealthCheck'
  | 'TargetHealthCheck'
  | 'DependencyFailed'
  | 'VolumeFailed'
  | 'NetworkInterface'
  | 'EndpointUnreachable'
  | 'RuntimeTimeout'
  | 'PortConflict'
  | 'NoCapacity'
  | 'NoInstances'
  | 'MissingAttribute'
  | 'PlacementConstraint'
  | 'AgentDisconnected'
  | 'SpotInterruption'
  | 'InstanceTerminated'
  | 'DeploymentStuck'
  | 'AlarmFired'
  | 'HookFailed'
  | 'StoppedByHand'
  | 'NeverHealthy'
  | 'Unknown'

/** What says nothing against the content that is rolled out. */
const elsewhere: ReadonlySet<Cause> = new Set([
  'NoCapacity',
  'NoInstances',
  'MissingAttribute',
  'PlacementConstraint',
  'AgentDisconnected',
  'SpotInterruption',
  'InstanceTerminated',
  'DeploymentStuck',
  'StoppedByHand',
])

export const isElsewhere = (cause: Cause): boolean => elsewhere.has(cause)

type Pattern = readonly [RegExp, Cause]

/** In the order of precedence: the narrower text first. */
const patterns: readonly Pattern[] = [
  [/OutOfMemory/i, 'OutOfMemory'],
  [/unable to assume the (service linked )?role|sts:AssumeRole/i, 'RoleNotAssumable'],
  [/toomanyrequests|pull rate limit/i, 'ImagePullLimited'],
  [/no space left on device/i, 'DiskFull'],
  [/descriptor matching platform|no match for platform|exec format error/i, 'ImagePlatform'],
  [
    /CannotPull.*(dial tcp|i\/o timeout|deadline exceeded|request canceled|no such host|connection refused)/is,
    'RegistryUnreachable',
  ],
  [
    /CannotPull.*(pull access denied|authorization failed|no basic auth|403 Forbidden|AccessDenied|not authorized|unauthorized|authentication required)/is,
    'ImagePullDenied',
  ],
  [/CannotPull/i, 'ImageNotFound'],
  [/(?=.*(AccessDenied|not authorized)).*(ecr registry auth|ecr:\w+)/is, 'ImagePullDenied'],
  [/log group does not exist/i, 'LogGroupMissing'],
  [
    /(logging driver|log stream|logger|CreateLogStream).*(AccessDenied|not authorized)/is,
    'LogDenied',
  ],
  [
    /(secret|ssm|parameter).*(AccessDenied|not authorized to perform|access to KMS is not allowed)/is,
    'SecretDenied',
  ],
  [
    /(secret|ssm|parameter).*(ResourceNotFound|can't find|invalid parameters|did not contain json key|ParameterNotFound)/is,
    'MissingSecret',
  ],
  [/ResourceInitializationError.*(EFS|mount|volume)/is, 'VolumeFailed'],
  [/(volume|mount).*(fail|error|denied|timed out)/is, 'VolumeFailed'],
  [
    /(ResourceInitializationError|pull secrets).*(i\/o timeout|dial tcp|deadline exceeded|connection issue|retries exceeded)/is,
    'EndpointUnreachable',
  ],
  [/port is already allocated|address already in use|already using a port/i, 'PortConflict'],
  [
    /executable file not found|no such file or directory|permission denied.*exec/i,
    'CommandNotFound',
  ],
  [/network interface|InsufficientFreeAddresses|RESOURCE:ENI/i, 'NetworkInterface'],
  [
    /depend(s|ency|encies)\b.*(container|condition|time|unresolved|exit|healthy)/i,
    'DependencyFailed',
  ],
  [/could not transition to|TimeoutError/i, 'RuntimeTimeout'],
  [/failed ELB health checks/i, 'TargetHealthCheck'],
  [/failed container health checks/i, 'ContainerHealthCheck'],
  [/Spot .*interrupt|SpotInterruption/i, 'SpotInterruption'],
  [
    /Host EC2.*(terminated|stopped)|deregistration forced|underlying infrastructure|TerminationNotice/i,
    'InstanceTerminated',
  ],
  [/No Container Instances were found|NO ACTIVE INSTANCES|EMPTY CAPACITY PROVIDER/i, 'NoInstances'],
  [
    /insufficient (memory|cpu)|Capacity is unavailable|RESOURCE:(MEMORY|CPU|GPU|FARGATE)|limit on the number of vCPUs/i,
    'NoCapacity',
  ],
  [/missing an attribute|"ATTRIBUTE"/, 'MissingAttribute'],
  [/constraint unsatisfied/i, 'PlacementConstraint'],
  [/"AGENT"|agent .*disconnected/i, 'AgentDisconnected'],
]

/** The cause that a text of AWS's tells of. */
export function causeOf(text: string): Cause | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1]
}

const ids: readonly (readonly [RegExp, string])[] = [
  [/ has been retried \d+ time(\(s\)|s)?/g, ''],
  [/,? ?(request ?id|host ?id): ?[\w+/=-]+/gi, ''],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, '…'],
  [/(?<!sha256:)\b[0-9a-f]{32,64}\b/g, '…'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…'],
  [/\b(i|eni)-[0-9a-f]{8,17}\b/g, '$1-…'],
  [/\becs-svc\/\d+/g, 'ecs-svc/…'],
  [/\b\d+(\.\d+){3}:\d{5}->/g, ''],
]

const longest = 400

/** One line without what differs from task to task. */
export function normalise(reason: string): string {
  const line = ids
    .reduce((text, [pattern, by]) => text.replace(pattern, by), oneLine(reason))
    .replace(/[\s.]+$/, '')
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** Control characters have no place on somebody's terminal. */
export const oneLine = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
