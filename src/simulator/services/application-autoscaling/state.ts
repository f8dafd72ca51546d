/** The state of Application Auto Scaling, and what CloudWatch would measure. Records are replaced, never changed in place, but for their clock. */
import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling'

export interface TargetRecord {
  /** As DescribeScalableTargets shows it. */
  readonly target: ScalableTarget
  /** When it is looked at next; shared by all versions of the record. */
  readonly clock: { wakeAt?: number }
  /** When capacity was last added and taken away, milliseconds since the epoch. */
  readonly outAt?: number
  readonly inAt?: number
}

export interface PolicyRecord {
  /** As DescribeScalingPolicies shows it. */
  readonly policy: ScalingPolicy
  /** For how many minutes in a row the metric has been above its target, and well below it. */
  readonly high: number
  readonly low: number
}

/** What a service has to do, as its metrics would show it. */
export interface Load {
  /** Average utilisation in percent, however many tasks there are. */
  readonly cpu?: number
  readonly memory?: number
  /** CPU that all tasks use together, in percent of one task: the more run, the less each has to do. */
  readonly work?: number
  /** Requests a minute of all targets together. */
  readonly requests?: number
}

export interface ApplicationAutoScalingState {
  /** By `targetKey`. */
  readonly targets: Map<string, TargetRecord>
  /** By the key of their target, a space, and their name. */
  readonly policies: Map<string, PolicyRecord>
  /** By id; those of targets that are gone too. */
  readonly activities: Map<string, ScalingActivity>
  /** By `cluster/service`. */
  readonly loads: Map<string, Load>
}

export function createApplicationAutoScalingState(): ApplicationAutoScalingState {
  return { targets: new Map(), policies: new Map(), activities: new Map(), loads: new Map() }
}

/** The key of a target: there is one dimension to ECS services. */
export const targetKey = (resourceId: string): string => resourceId

export const policyKey = (target: string, name: string): string => `${target} ${name}`

/** `service/shop/web` → `shop/web`, the key of the service. */
export const serviceKeyOf = (target: string): string => target.slice('service/'.length)
