/** Reads scaling policies by their names, and whose the targets are that they belong to. */
import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { meantBy } from '../../kit/field-rules.ts'
import { allPages, observeInBatches } from '../../kit/finding.ts'
import { readTargets, readTargetTags, serviceNamespace } from '../../kit/scalable-targets.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { Configurations, ScalingPolicySpec } from './spec.ts'

export interface ScalingPolicyState extends Configurations {
  /** The alarms that trigger it; AWS makes those of a policy that tracks a target. */
  readonly alarms: readonly string[]
}

type Answer = Observation<ScalingPolicyState>
type Tags = Readonly<Record<string, string>>

/** The limits of DescribeScalingPolicies. */
const batch = 50
const page = 10

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ScalingPolicySpec>[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  return observeInBatches(wanted, batch, async (part) => {
    const [policies, tags] = await Promise.all([read(context, part), tagsOfTargets(context, part)])
    const found = new Map(policies.map((one) => [`${one.ResourceId} ${one.PolicyName}`, one]))
    return new Map(
      part.map((want): [ObjectKey, Answer] => {
        const { target = '', policy = '' } = want.identity.parts
        const own = tags.get(target)
        return [want.manifest.key, answerOf(want, found.get(`${target} ${policy}`), own)]
      }),
    )
  })
}

function read(
  context: ObserveContext,
  part: readonly Wanted<ScalingPolicySpec>[],
): Promise<ScalingPolicy[]> {
  const PolicyNames = [...new Set(part.map(({ identity }) => identity.parts.policy ?? ''))]
  return allPages(async (NextToken) => {
    const answer = await context.read<{ ScalingPolicies?: ScalingPolicy[]; NextToken?: string }>(
      'application-autoscaling:DescribeScalingPolicies',
      {
        ServiceNamespace: serviceNamespace,
        PolicyNames,
        MaxResults: page,
        ...(NextToken ? { NextToken } : {}),
      },
    )
    return { items: answer.ScalingPolicies ?? [], next: answer.NextToken }
  })
}

/**
 * The tags of each target, by its resource id; undefined where there is none yet. The index names most of ours by their
 * manifests, so that a sweep costs nothing for them.
 */
async function tagsOfTargets(
  context: ObserveContext,
  part: readonly Wanted<ScalingPolicySpec>[],
): Promise<Map<string, Tags>> {
  const indexed = new Map(
    context.index.map(({ arn, tags }) => [tags['fairlead:resource'], { arn, tags }]),
  )
  const known = new Map<string, Tags>()
  const unknown = new Set<string>()
  for (const { manifest, identity } of part) {
    const { target = '' } = identity.parts
    const key = meantBy(manifest.spec.resourceId, manifest, 'ScalableTarget')
    const entry = indexed.get(key)
    if (entry?.arn.includes(':scalable-target/')) known.set(target, entry.tags)
    // What is only observed is nobody's business.
    else if (key && manifest.annotations['fairlead.dev/mode'] !== 'observe') unknown.add(target)
  }
  if (unknown.size === 0) return known
  const targets = await readTargets(context.read, [...unknown])
  await Promise.all(
    [...targets].map(async ([id, { ScalableTargetARN: arn = '' }]) => {
      known.set(id, await readTargetTags(arn, context))
    }),
  )
  return known
}

function answerOf(
  { manifest, identity }: Wanted<ScalingPolicySpec>,
  policy: ScalingPolicy | undefined,
  tags: Tags | undefined,
): Answer {
  if (!policy) {
    const owner = tags && (tags['fairlead:owner'] ?? '')
    return { found: 'no', ...(owner === undefined ? {} : { facts: { owner } }) }
  }
  const {
    PolicyType,
    TargetTrackingScalingPolicyConfiguration,
    StepScalingPolicyConfiguration,
    PredictiveScalingPolicyConfiguration,
    Alarms = [],
  } = policy
  const state = fromAws<Configurations>(
    Object.fromEntries(
      Object.entries({
        PolicyType,
        TargetTrackingScalingPolicyConfiguration,
        StepScalingPolicyConfiguration,
        PredictiveScalingPolicyConfiguration,
      }).filter(([, value]) => value !== undefined),
    ),
  )
  const alarms = Alarms.flatMap(({ AlarmName }) => AlarmName ?? [])
  return {
    found: 'yes',
    live: {
      key: manifest.key,
      identity,
      attributes: { arn: policy.PolicyARN ?? '', name: identity.name },
      tags: tags ?? {},
      state: { ...state, alarms },
    },
  }
}
