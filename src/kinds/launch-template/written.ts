/** A launch template that is there, as a manifest would describe it: its default version. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { LaunchTemplateState } from './observe.ts'
import { data as fields } from './policy.ts'
import type { LaunchTemplateSpec } from './spec.ts'
import { decodeUserData } from './user-data.ts'

export function written(
  { attributes, state }: Live<LaunchTemplateState>,
  schema: JsonSchema,
): Partial<LaunchTemplateSpec> {
  const { userData, ...rest } = state.current.data
  const data = { ...rest, ...(userData ? { userData: decodeUserData(userData) } : {}) }
  return {
    launchTemplateName: attributes.name,
    launchTemplateData: withoutDefaults(
      data,
      fields,
      (schema.properties as Record<string, JsonSchema>).launchTemplateData,
    ),
  } as Partial<LaunchTemplateSpec>
}
