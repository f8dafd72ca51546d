/** The type of a ScalingPolicy's spec: the SDK's request in our casing, as far as rules and plans look into it. */
import type { Hole, ReferenceValue } from '../../model.ts'

export interface PredefinedMetric {
  readonly predefinedMetricType?: string
  readonly resourceLabel?: string
}

export interface TargetTracking {
  readonly targetValue?: number
  readonly predefinedMetricSpecification?: PredefinedMetric
  readonly customizedMetricSpecification?: Readonly<Record<string, unknown>>
  readonly scaleOutCooldown?: number
  readonly scaleInCooldown?: number
  readonly disableScaleIn?: boolean
}

export interface StepAdjustment {
  readonly metricIntervalLowerBound?: number
  readonly metricIntervalUpperBound?: number
  readonly scalingAdjustment?: number
}

export interface StepScaling {
  readonly adjustmentType?: string
  readonly stepAdjustments?: readonly StepAdjustment[]
  readonly minAdjustmentMagnitude?: number
  readonly cooldown?: number
  readonly metricAggregationType?: string
}

export interface PredictiveScaling {
  readonly metricSpecifications?: readonly {
    readonly targetValue?: number
    readonly predefinedMetricPairSpecification?: PredefinedMetric
    readonly predefinedScalingMetricSpecification?: PredefinedMetric
    readonly predefinedLoadMetricSpecification?: PredefinedMetric
    readonly customizedScalingMetricSpecification?: object
    readonly customizedLoadMetricSpecification?: object
    readonly customizedCapacityMetricSpecification?: object
  }[]
  readonly mode?: string
  readonly schedulingBufferTime?: number
  readonly maxCapacityBreachBehavior?: string
  readonly maxCapacityBuffer?: number
}

/** What a policy does, and of which type it is. */
export interface Configurations {
  readonly policyType?: string
  readonly targetTrackingScalingPolicyConfiguration?: TargetTracking
  readonly stepScalingPolicyConfiguration?: StepScaling
  readonly predictiveScalingPolicyConfiguration?: PredictiveScaling
}

export interface ScalingPolicySpec extends Configurations {
  /** The scalable target's manifest. */
  readonly resourceId?: string | ReferenceValue | Hole
  readonly policyName?: string
  readonly serviceNamespace?: string
  readonly scalableDimension?: string
}

/** By type: the member that says what such a policy does. */
export const members: Readonly<Record<string, keyof Omit<Configurations, 'policyType'>>> = {
  TargetTrackingScaling: 'targetTrackingScalingPolicyConfiguration',
  StepScaling: 'stepScalingPolicyConfiguration',
  PredictiveScaling: 'predictiveScalingPolicyConfiguration',
}

/** The type of a policy: as it is written, or as what it does says. */
export function typeOf(spec: Configurations): string | undefined {
  const given = Object.entries(members).find(([, member]) => spec[member] !== undefined)
  return spec.policyType ?? given?.[0]
}
