/** Auto Scaling groups and their instance refreshes: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */
import type {
  Activity,
  AutoScalingGroup,
  InstanceRefresh,
  LifecycleHook,
  LifecycleState,
  PutScalingPolicyType,
  TagDescription,
} from '@aws-sdk/client-auto-scaling'

/** An instance of a group. */
export interface GroupMember {
  readonly instanceId: string
  readonly instanceType: string
  readonly zone: string
  readonly state: LifecycleState
  readonly healthy: boolean
  readonly protectedFromScaleIn: boolean
  /** What it was launched from; the version is a number. */
  readonly template?: { readonly id: string; readonly name: string; readonly version: string }
  readonly imageId: string
  readonly spot: boolean
  readonly joinedAt: number
  /** When it came into service. */
  readonly inServiceAt?: number
  /** It is drained until then at the latest before it is terminated. */
  readonly drainUntil?: number
  /** The activity that is going on with it. */
  readonly activity?: string
}

export interface GroupRecord {
  /** What was asked for, as Describe shows it; without instances, and tags in the shape of Describe. */
  readonly group: AutoScalingGroup
  readonly tags: readonly TagDescription[]
  readonly members: readonly GroupMember[]
  readonly hooks: readonly LifecycleHook[]
  /** After a launch that failed: when the next is tried, and how long to wait after that. */
  readonly retryAt?: number
  readonly retryMs?: number
  /** Why it cannot scale in, once that was said. */
  readonly said?: string
  readonly deleting: boolean
  readonly clock: { wakeAt?: number }
}

export interface RefreshRecord {
  readonly refresh: InstanceRefresh
  /** Instances that are to be replaced and still are there. */
  readonly left: readonly string[]
  readonly total: number
  /** Since when nothing has moved. */
  readonly stuckSince: number
  readonly checkpointUntil?: number
  readonly checkpointsPassed: number
  readonly bakeUntil?: number
  /** What the group ran before, for the way back. */
  readonly before: Pick<AutoScalingGroup, 'LaunchTemplate' | 'MixedInstancesPolicy'>
}

export interface PolicyRecord {
  readonly policy: PutScalingPolicyType
  readonly arn: string
}

export interface AutoScalingState {
  /** By name. */
  readonly groups: Map<string, GroupRecord>
  /** By group name, newest first. */
  readonly activities: Map<string, readonly Activity[]>
  /** By group name, newest first. */
  readonly refreshes: Map<string, readonly RefreshRecord[]>
  /** By `<group>/<policy>`. */
  readonly policies: Map<string, PolicyRecord>
}

export function createAutoScalingState(): AutoScalingState {
  return { groups: new Map(), activities: new Map(), refreshes: new Map(), policies: new Map() }
}
