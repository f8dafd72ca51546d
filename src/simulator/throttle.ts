/** AWS's published token buckets of the ECS and EC2 APIs: who shares which, how deep it is and how fast it fills. */
import { AwsError } from './api.ts'

interface Limit {
  readonly burst: number
  /** Tokens per second. */
  readonly refill: number
  readonly actions: readonly string[]
}

/** "Request throttling for the Amazon ECS API" in the ECS API reference; per account and region. */
const ECS_LIMITS: readonly Limit[] = [
  limit(
    20,
    1,
    'CreateCluster DeleteCluster PutClusterCapacityProviders UpdateCluster UpdateClusterSettings',
  ),
  limit(50, 20, 'DescribeClusters ListClusters'),
  limit(20, 1, 'RegisterTaskDefinition DeregisterTaskDefinition'),
  limit(50, 20, 'DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies'),
  limit(5, 1, 'DeleteTaskDefinitions'),
  limit(10, 1, 'CreateCapacityProvider UpdateCapacityProvider DeleteCapacityProvider'),
  limit(50, 20, 'DescribeCapacityProviders'),
  limit(50, 5, 'CreateService UpdateService DeleteService'),
  limit(100, 20, 'DescribeServices ListServices'),
  limit(50, 20, 'DescribeServiceDeployments ListServiceDeployments'),
  limit(50, 20, 'DescribeServiceRevisions'),
  limit(
    100,
    40,
    'RunTask StartTask StopTask ExecuteCommand PutAttributes DeleteAttributes DeregisterContainerInstance UpdateContainerAgent UpdateContainerInstancesState',
  ),
  limit(
    100,
    20,
    'DescribeTasks ListTasks DescribeContainerInstances ListContainerInstances ListAttributes',
  ),
  limit(
    200,
    120,
    'RegisterContainerInstance SubmitAttachmentStateChanges SubmitContainerStateChange SubmitTaskStateChange',
  ),
  limit(20, 10, 'TagResource UntagResource'),
  limit(50, 20, 'ListTagsForResource'),
  limit(200, 80, 'UpdateTaskProtection GetTaskProtection'),
  limit(10, 1, 'PutAccountSetting PutAccountSettingDefault DeleteAccountSetting'),
  limit(50, 20, 'ListAccountSettings'),
  limit(10, 1, 'ListServicesByNamespace'),
]

function limit(burst: number, refill: number, actions: string): Limit {
  return { burst, refill, actions: actions.split(' ') }
}

/**
 * "Request throttling for the Amazon EC2 API": a bucket for each action. Those of some are their own; of the others,
 * reads have one size and writes another. Unfiltered reads, which have less, are not told apart.
 */
const EC2_LIMITS: readonly Limit[] = [
  limit(100, 10, 'CreateTags'),
  limit(100, 10, 'DeleteTags'),
  limit(100, 5, 'CreateLaunchTemplateVersion'),
  limit(100, 5, 'ModifyLaunchTemplate'),
  limit(100, 5, 'TerminateInstances'),
  limit(5, 2, 'RunInstances'),
  limit(5, 2, 'StartInstances'),
]

const BY_OPERATION = new Map<string, Limit>([
  ...ECS_LIMITS.flatMap((limit) =>
    limit.actions.map((action) => [`ecs:${action}`, limit] as const),
  ),
  ...EC2_LIMITS.flatMap((limit) =>
    limit.actions.map((action) => [`ec2:${action}`, limit] as const),
  ),
])

function limitOf(operation: string): Limit | undefined {
  const known = BY_OPERATION.get(operation)
  if (known || !operation.startsWith('ec2:')) return known
  const action = operation.slice('ec2:'.length)
  const made = /^(Describe|Get)/.test(action) ? limit(100, 20, action) : limit(50, 5, action)
  BY_OPERATION.set(operation, made)
  return made
}

/** Takes a token for `operation` at `now`, or throws as the service does that is called too often. */
export type Throttle = (operation: string, now: number) => void

/**
 * Full buckets of one account and region. `now` is in milliseconds and must not go back. Operations
 * that AWS publishes no bucket for are let through. A refused call takes no token.
 */
export function createThrottle(): Throttle {
  const levels = new Map<Limit, { tokens: number; at: number }>()
  return (operation, now) => {
    const limit = limitOf(operation)
    if (!limit) return
    const level = levels.get(limit) ?? { tokens: limit.burst, at: now }
    const tokens = Math.min(limit.burst, level.tokens + ((now - level.at) / 1000) * limit.refill)
    const enough = tokens >= 1
    levels.set(limit, { tokens: enough ? tokens - 1 : tokens, at: now })
    if (!enough) throw throttled(operation)
  }
}

/** What the service of `operation` answers to a call too many. */
export function throttled(operation: string): AwsError {
  if (operation.startsWith('ec2:')) {
    return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503)
  }
  const query = /^(autoscaling|elasticloadbalancing|iam|sts):/.test(operation)
  return new AwsError(query ? 'Throttling' : 'ThrottlingException', 'Rate exceeded')
}
