/** The manifests of the stories about scaling: the shop's service, a target for it, and a policy. */
import type { ScalableTarget, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling'
import type { Rig } from '../rig.ts'
import { document, liveService, type Shop, shop } from './shop.ts'

export const target = 'default/ScalableTarget/web'
export const policy = 'default/ScalingPolicy/cpu'

export const webTarget = (
  spec: Record<string, unknown> = {},
  annotations: Record<string, string> = {},
) =>
  document(
    'ScalableTarget',
    'web',
    { resourceId: { ref: 'web' }, minCapacity: 1, maxCapacity: 10, ...spec },
    annotations,
  )

export const cpuPolicy = (spec: Record<string, unknown> = {}) =>
  document('ScalingPolicy', 'cpu', {
    resourceId: { ref: 'web' },
    targetTrackingScalingPolicyConfiguration: {
      targetValue: 50,
      predefinedMetricSpecification: { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      ...spec,
    },
  })

/** `count`: what the service's manifest writes; absent: nothing. */
export function scaledShop(count?: number, more: Shop = {}, ...scaling: object[]) {
  return shop({
    ...more,
    service: { ...more.service, desiredCount: count },
    more: [...(more.more ?? []), ...scaling],
  })
}

const of = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/shop/web',
  ScalableDimension: 'ecs:service:DesiredCount',
}

/** What a person, or another tool, does to the scaling of the service. */
export async function byHand(
  rig: Rig,
  operation: string,
  input: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  return rig.aws(`application-autoscaling:${operation}`, { ...of, ...input })
}

/** The same policy as `cpuPolicy`, put by hand. */
export const cpuByHand = {
  PolicyName: 'cpu',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 50,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  },
}

export async function liveTarget(rig: Rig): Promise<ScalableTarget | undefined> {
  const { ScalableTargets } = await byHand(rig, 'DescribeScalableTargets', {
    ResourceIds: [of.ResourceId],
  })
  return (ScalableTargets as ScalableTarget[])[0]
}

export async function livePolicies(rig: Rig): Promise<ScalingPolicy[]> {
  return (await byHand(rig, 'DescribeScalingPolicies')).ScalingPolicies as ScalingPolicy[]
}

export const count = async (rig: Rig, name?: string): Promise<number> =>
  (await liveService(rig, name)).desiredCount ?? 0

/** The desired counts that fairlead wrote into services that were there. */
export const countsWritten = (rig: Rig): unknown[] =>
  rig
    .writes()
    .filter(({ operation }) => operation === 'ecs:UpdateService')
    .flatMap(({ input }) => ('desiredCount' in input ? [input.desiredCount] : []))
