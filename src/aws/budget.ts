/**
 * Token buckets that mirror AWS's published ones, so that fairlead takes its share and is never throttled.
 * Source: "Request throttling for the Amazon ECS API" (burst and refill per second, per account and region).
 */
import type { Operation } from '../model.ts'
import type { Clock } from '../runtime.ts'
import type { Layer } from './aws.ts'

interface Bucket {
  readonly burst: number
  readonly perSecond: number
  readonly operations: readonly string[]
}

const buckets: readonly Bucket[] = [
  {
    burst: 20,
    perSecond: 1,
    operations: [
      'ecs:CreateCluster',
      'ecs:DeleteCluster',
      'ecs:PutClusterCapacityProviders',
      'ecs:UpdateCluster',
      'ecs:UpdateClusterSettings',
    ],
  },
  { burst: 50, perSecond: 20, operations: ['ecs:DescribeClusters', 'ecs:ListClusters'] },
  {
    burst: 20,
    perSecond: 1,
    operations: ['ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition'],
  },
  {
    burst: 50,
    perSecond: 20,
    operations: [
      'ecs:DescribeTaskDefinition',
      'ecs:ListTaskDefinitions',
      'ecs:ListTaskDefinitionFamilies',
    ],
  },
  {
    burst: 50,
    perSecond: 5,
    operations: ['ecs:CreateService', 'ecs:UpdateService', 'ecs:DeleteService'],
  },
  { burst: 100, perSecond: 20, operations: ['ecs:DescribeServices', 'ecs:ListServices'] },
  {
    burst: 50,
    perSecond: 20,
    operations: ['ecs:DescribeServiceDeployments', 'ecs:ListServiceDeployments'],
  },
  { burst: 50, perSecond: 20, operations: ['ecs:DescribeServiceRevisions'] },
  {
    burst: 10,
    perSecond: 1,
    operations: [
      'ecs:CreateCapacityProvider',
      'ecs:UpdateCapacityProvider',
      'ecs:DeleteCapacityProvider',
    ],
  },
  { burst: 50, perSecond: 20, operations: ['ecs:DescribeCapacityProviders'] },
  {
    burst: 100,
    perSecond: 40,
    operations: [
      'ecs:RunTask',
      'ecs:StopTask',
      'ecs:UpdateContainerAgent',
      'ecs:UpdateContainerInstancesState',
      'ecs:DeregisterContainerInstance',
    ],
  },
  {
    burst: 100,
    perSecond: 20,
    operations: [
      'ecs:DescribeTasks',
      'ecs:ListTasks',
      'ecs:DescribeContainerInstances',
      'ecs:ListContainerInstances',
    ],
  },
  { burst: 20, perSecond: 10, operations: ['ecs:TagResource', 'ecs:UntagResource'] },
  { burst: 2, perSecond: 2, operations: ['cloudtrail:LookupEvents'] },
  // The tagging API publishes no numbers; this is what its callers see work.
  { burst: 10, perSecond: 5, operations: ['tag:GetResources'] },
]

/** EC2 counts each action by itself (Amazon EC2 API throttling): what is read, what is written. */
function ec2Bucket(operation: string): Bucket | undefined {
  if (!operation.startsWith('ec2:')) return undefined
  const operations = [operation]
  if (/:Describe/.test(operation)) return { burst: 100, perSecond: 20, operations }
  if (/:(Create|Delete)Tags$/.test(operation)) return { burst: 100, perSecond: 10, operations }
  if (/:(Run|Start)Instances$/.test(operation)) return { burst: 5, perSecond: 2, operations }
  return { burst: 50, perSecond: 5, operations }
}

/** What is not listed shares one careful bucket. */
const other: Bucket = { burst: 20, perSecond: 5, operations: [] }

interface State {
  readonly bucket: Bucket
  tokens: number
  atMs: number
}

export interface BudgetOptions {
  readonly clock: Clock
  /** Which part of each bucket is ours; the rest is left to people and other tools. In (0, 1]. */
  readonly share: number
  /** Told of every wait, in seconds. */
  readonly onWait?: (operation: Operation, seconds: number) => void
}

/** Waits until the operation's bucket has a token, first come first served. */
export function budgeted(options: BudgetOptions): Layer {
  const { clock, share } = options
  const states = new Map<string, State>()
  for (const bucket of buckets) {
    const state = { bucket, tokens: Math.max(1, bucket.burst * share), atMs: clock.now() }
    for (const operation of bucket.operations) states.set(operation, state)
  }
  const fallback = { bucket: other, tokens: Math.max(1, other.burst * share), atMs: clock.now() }

  const take = (operation: Operation): number => {
    const own = states.has(operation) ? undefined : ec2Bucket(operation)
    if (own) states.set(operation, { bucket: own, tokens: own.burst * share, atMs: clock.now() })
    const state = states.get(operation) ?? fallback
    const now = clock.now()
    const refill = state.bucket.perSecond * share
    const full = Math.max(1, state.bucket.burst * share)
    state.tokens = Math.min(full, state.tokens + ((now - state.atMs) / 1000) * refill)
    state.atMs = now
    // Going below zero is the queue: each waiter knows its own turn.
    state.tokens -= 1
    return state.tokens >= 0 ? 0 : (-state.tokens / refill) * 1000
  }

  return (next) => async (operation, input, callOptions) => {
    const waitMs = take(operation)
    if (waitMs > 0) {
      options.onWait?.(operation, waitMs / 1000)
      await clock.sleep(waitMs, callOptions?.signal)
    }
    return next(operation, input, callOptions)
  }
}
