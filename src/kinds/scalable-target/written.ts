/** A scalable target that is there, as a manifest would describe it. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { ScalableTargetSpec } from './manifest.ts'
import type { ScalableTargetState } from './observe.ts'
import { fields } from './policy.ts'

export const written = (
  { identity, state }: Live<ScalableTargetState>,
  schema: JsonSchema,
): ScalableTargetSpec =>
  ({
    resourceId: identity.name,
    ...withoutDefaults({ ...state }, fields, schema),
  }) as ScalableTargetSpec
