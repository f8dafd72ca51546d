/** What a scaling policy needs, as calls. Pure. */

import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { planner, waits } from '../../kit/planning.ts'
import { targetInput } from '../../kit/scalable-targets.ts'
import type { DraftCall, Identity } from '../../model.ts'
import type { ScalingPolicyState } from './observe.ts'
import { fields } from './policy.ts'
import { members, type ScalingPolicySpec, typeOf } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<ScalingPolicySpec, ScalingPolicyState>

export function plan(input: Input): Draft {
  const { want, live, facts, tags } = input
  const owner = facts?.owner
  if (want && !live && owner !== undefined && owner !== tags['fairlead:owner']) {
    const message = `${want.identity.parts.target} is registered by ${owner ? `the owner "${owner}"` : 'somebody else'}, and a policy has no tags of its own: its ScalableTarget has to be ours first`
    return waits('TargetNotOwned', message)
  }
  return planned(oneMetric(input))
}

const policyOf = ({ parts: { target = '', policy } }: Identity) => ({
  PolicyName: policy,
  ...targetInput(target),
})

const planned = planner<ScalingPolicySpec, ScalingPolicyState>({
  fields,
  desired: (spec) => configurations(spec),
  compared: (state) => configurations({ ...state }),
  create: (spec, { want }) => [{ ...putting(want!.identity, spec), yields: { arn: 'PolicyARN' } }],
  update: ({ live, whole }) => [putting(live.identity, whole)],
  remove: ({ identity }) => [
    { operation: 'application-autoscaling:DeleteScalingPolicy', input: policyOf(identity) },
  ],
})

function configurations(spec: Members): Members {
  const policyType = typeOf(spec)
  const member = members[policyType ?? '']
  return { policyType, ...(member && spec[member] ? { [member]: spec[member] } : {}) }
}

function putting(identity: Identity, spec: Members): DraftCall {
  return {
    operation: 'application-autoscaling:PutScalingPolicy',
    input: { ...policyOf(identity), ...(toAws(spec) as Members) },
  }
}

/** There is one metric, and Git says which: nothing is kept of one of the other sort. */
function oneMetric(input: Input): Input {
  const { want, live } = input
  const member = 'targetTrackingScalingPolicyConfiguration'
  const ours = want?.spec[member]
  const theirs = live?.state[member]
  if (!live || !ours || !theirs) return input
  const {
    predefinedMetricSpecification: predefined,
    customizedMetricSpecification: customized,
    ...rest
  } = theirs
  const kept = ours.predefinedMetricSpecification
    ? { predefinedMetricSpecification: predefined }
    : { customizedMetricSpecification: customized }
  const state = { ...live.state, [member]: { ...rest, ...kept } }
  return { ...input, live: { ...live, state } }
}
