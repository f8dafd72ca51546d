/** The types of an AutoScalingGroup's spec: the SDK's request in camelCase, with references where they may stand. */

export interface TemplateSpecification {
  readonly launchTemplateId?: string
  readonly launchTemplateName?: string
  readonly version?: string
}

export interface Override {
  readonly instanceType?: string
  readonly weightedCapacity?: string
  readonly imageId?: string
  readonly instanceRequirements?: Readonly<Record<string, unknown>>
  readonly launchTemplateSpecification?: TemplateSpecification
}

export interface MixedPolicy {
  readonly launchTemplate?: {
    readonly launchTemplateSpecification?: TemplateSpecification
    readonly overrides?: readonly Override[]
  }
  readonly instancesDistribution?: Readonly<Record<string, unknown>>
}

/** What new instances are launched from: one of the two. */
export interface Launch {
  readonly launchTemplate?: TemplateSpecification
  readonly mixedInstancesPolicy?: MixedPolicy
}

/** How running instances are replaced when the template has changed: Preferences of StartInstanceRefresh, and two switches. */
export interface InstanceRefreshSpec {
  /** Default true. */
  readonly enabled?: boolean
  /** Default false. */
  readonly onNewImage?: boolean
  readonly minHealthyPercentage?: number
  readonly maxHealthyPercentage?: number
  readonly instanceWarmup?: number
  readonly checkpointPercentages?: readonly number[]
  readonly checkpointDelay?: number
  readonly skipMatching?: boolean
  readonly autoRollback?: boolean
  readonly scaleInProtectedInstances?: string
  readonly standbyInstances?: string
  readonly alarmSpecification?: { readonly alarms?: readonly string[] }
  readonly bakeTime?: number
}

export interface GroupTag {
  readonly key: string
  readonly value?: string
  /** Default true. */
  readonly propagateAtLaunch?: boolean
}

export interface AutoScalingGroupSpec extends Launch {
  readonly autoScalingGroupName?: string
  readonly minSize?: number
  readonly maxSize?: number
  readonly desiredCapacity?: number
  /** Comma-joined text, or a list. */
  readonly vpcZoneIdentifier?: string | readonly string[]
  readonly availabilityZones?: readonly string[]
  readonly healthCheckType?: string
  readonly healthCheckGracePeriod?: number
  readonly defaultCooldown?: number
  readonly defaultInstanceWarmup?: number
  readonly maxInstanceLifetime?: number
  readonly terminationPolicies?: readonly string[]
  readonly newInstancesProtectedFromScaleIn?: boolean
  readonly instanceMaintenancePolicy?: {
    readonly minHealthyPercentage?: number
    readonly maxHealthyPercentage?: number
  }
  readonly instanceRefresh?: InstanceRefreshSpec
  readonly tags?: readonly GroupTag[]
}
