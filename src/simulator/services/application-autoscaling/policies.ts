/** Scaling policies of scalable targets, and the activities that come of them. Target tracking acts; the other types are kept. */
import type {
  DescribeScalingActivitiesRequest,
  DescribeScalingPoliciesRequest,
  PutScalingPolicyRequest,
  ScalingPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import {
  dimension,
  invalid,
  keyOf,
  listedOf,
  type Named,
  pageOf,
  requirePolicy,
  requireTarget,
  uuid,
} from './common.ts'
import { policyKey } from './state.ts'

/** By type: the member that holds what such a policy does. */
const configurations = {
  TargetTrackingScaling: 'TargetTrackingScalingPolicyConfiguration',
  StepScaling: 'StepScalingPolicyConfiguration',
  PredictiveScaling: 'PredictiveScalingPolicyConfiguration',
} as const

const metrics =
  /^(ECSServiceAverage(CPU|Memory)Utilization(HighResolution)?|ALBRequestCountPerTarget)$/

function put(input: PutScalingPolicyRequest, context: CallContext) {
  const { world, now } = context
  const key = keyOf(input as Named)
  const name = input.PolicyName ?? ''
  if (!/^\P{Cc}{1,256}$/u.test(name)) throw invalid('PolicyName must have 1 to 256 characters')
  requireTarget(world, key)
  const { policies } = world.applicationAutoScaling
  const present = policies.get(policyKey(key, name))?.policy
  const type = input.PolicyType ?? present?.PolicyType
  const member = configurations[type as keyof typeof configurations]
  if (!member) throw invalid('PolicyType is required for a new scaling policy')
  if (present && present.PolicyType !== type) {
    throw invalid(`The type of scaling policy ${name} cannot be changed`)
  }
  const configuration = input[member] ?? present?.[member]
  if (!configuration) throw invalid(`${member} is required for the policy type ${type}`)
  const own = [...policies.values()].filter(({ policy }) => policy.ResourceId === key)
  if (!present && own.length >= 50) {
    throw new AwsError('LimitExceededException', 'A scalable target can have at most 50 policies.')
  }
  if (type === 'TargetTrackingScaling') {
    const others = own.map(({ policy }) => policy).filter((one) => one.PolicyName !== name)
    checkTracking(configuration as TargetTrackingScalingPolicyConfiguration, others)
  }
  const policy: ScalingPolicy = {
    PolicyARN:
      present?.PolicyARN ??
      `arn:aws:autoscaling:${world.region}:${world.account}:scalingPolicy:${uuid(context)}:resource/ecs/${key}:policyName/${name}`,
    PolicyName: name,
    ServiceNamespace: 'ecs',
    ResourceId: key,
    ScalableDimension: dimension,
    PolicyType: type,
    CreationTime: present?.CreationTime ?? new Date(now),
    [member]: configuration,
    Alarms: present?.Alarms ?? alarmsOf(key, type, context),
  }
  policies.set(policyKey(key, name), { policy, high: 0, low: 0 })
  return { PolicyARN: policy.PolicyARN, Alarms: policy.Alarms }
}

const metricOf = (one: TargetTrackingScalingPolicyConfiguration | undefined): string => {
  const { PredefinedMetricSpecification: ours, CustomizedMetricSpecification: theirs } = one ?? {}
  return JSON.stringify([ours?.PredefinedMetricType, ours?.ResourceLabel, theirs])
}

function checkTracking(
  one: TargetTrackingScalingPolicyConfiguration,
  others: readonly ScalingPolicy[],
): void {
  const { PredefinedMetricSpecification: ours, CustomizedMetricSpecification: theirs } = one
  if (one.TargetValue === undefined) throw invalid('TargetValue must not be null')
  if ((ours === undefined) === (theirs === undefined)) {
    throw invalid('Either a predefined or a customized metric specification is required')
  }
  const metric = ours?.PredefinedMetricType ?? ''
  if (ours && !metrics.test(metric)) {
    throw invalid(`The predefined metric ${metric} is not one of ECS services`)
  }
  if (ours && (metric === 'ALBRequestCountPerTarget') !== (ours.ResourceLabel !== undefined)) {
    throw invalid('ResourceLabel is required for ALBRequestCountPerTarget, and for it alone')
  }
  if (
    others.some((other) => {
      const tracking = other.TargetTrackingScalingPolicyConfiguration
      return tracking && metricOf(tracking) === metricOf(one)
    })
  ) {
    throw invalid(
      'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    )
  }
}

/** The alarms that AWS makes for a policy that tracks a target; those of a step policy are a person's own. */
function alarmsOf(key: string, type: string | undefined, context: CallContext) {
  if (type !== 'TargetTrackingScaling') return []
  const { region, account } = context
  return ['High', 'Low'].map((side) => {
    const AlarmName = `TargetTracking-${key}-Alarm${side}-${uuid(context)}`
    return { AlarmName, AlarmARN: `arn:aws:cloudwatch:${region}:${account}:alarm:${AlarmName}` }
  })
}

function describe(input: DescribeScalingPoliciesRequest, { world }: CallContext) {
  const { PolicyNames: names = [], ResourceId: id } = input
  listedOf(input as Named)
  if (names.length > 50) throw invalid('PolicyNames can have at most 50 items')
  const all = [...world.applicationAutoScaling.policies.values()]
    .map(({ policy }) => policy)
    .filter(
      (one) =>
        one.ServiceNamespace === input.ServiceNamespace &&
        (names.length === 0 || names.includes(one.PolicyName ?? '')) &&
        (!id || one.ResourceId === id),
    )
  const { given, ...more } = pageOf(all, input as Named, 10, (one) => one.PolicyARN ?? '')
  return { ScalingPolicies: given, ...more }
}

/** Newest first. */
function activities(input: DescribeScalingActivitiesRequest, { world }: CallContext) {
  listedOf(input as Named)
  const all = [...world.applicationAutoScaling.activities.values()].filter(
    (one) =>
      one.ServiceNamespace === input.ServiceNamespace &&
      (!input.ResourceId || one.ResourceId === input.ResourceId),
  )
  const { given, ...more } = pageOf(
    all,
    input as Named,
    50,
    ({ StartTime, ActivityId }) => `${StartTime?.toISOString()} ${ActivityId}`,
    true,
  )
  return { ScalingActivities: given, ...more }
}

export const policyHandlers: ServiceHandlers = {
  PutScalingPolicy: put,
  DescribeScalingPolicies: describe,
  DescribeScalingActivities: activities,
  DeleteScalingPolicy(input: Named & { PolicyName?: string }, { world }) {
    const key = keyOf(input)
    const { PolicyName: name = '' } = input
    requirePolicy(world, key, name)
    world.applicationAutoScaling.policies.delete(policyKey(key, name))
    return {}
  },
}
