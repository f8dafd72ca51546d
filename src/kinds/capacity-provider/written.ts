/** A capacity provider that is there, as a manifest would describe it. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { ProviderState } from './observe.ts'
import { fields } from './policy.ts'
import type { CapacityProviderSpec } from './spec.ts'

export function written(
  { identity, state }: Live<ProviderState>,
  schema: JsonSchema,
): CapacityProviderSpec {
  const autoScalingGroupProvider = withoutDefaults(
    { ...state.autoScalingGroupProvider },
    fields,
    (schema.properties as Record<string, JsonSchema>).autoScalingGroupProvider,
  )
  const spec: Record<string, unknown> = { name: identity.name, autoScalingGroupProvider }
  return spec as CapacityProviderSpec
}
