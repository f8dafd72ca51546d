/** A scaling policy that is there, as a manifest would describe it. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { ScalingPolicyState } from './observe.ts'
import { fields } from './policy.ts'
import type { ScalingPolicySpec } from './spec.ts'

export function written(
  { identity, state }: Live<ScalingPolicyState>,
  schema: JsonSchema,
): ScalingPolicySpec {
  const { alarms: _, ...configurations } = state
  const { target, policy } = identity.parts
  const members = withoutDefaults({ ...configurations }, fields, schema)
  return { resourceId: target, policyName: policy, ...members } as ScalingPolicySpec
}
