/** A revision that is there, as a manifest would describe its family. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { TaskDefinitionSpec } from './manifest.ts'
import { fields } from './policy.ts'
import type { TaskDefinitionState } from './state.ts'

export function written(
  { identity, state }: Live<TaskDefinitionState>,
  schema: JsonSchema,
): TaskDefinitionSpec {
  const content = Object.entries(state.base?.definition ?? {}).filter(([name]) =>
    Object.hasOwn(fields, name),
  )
  const members = withoutDefaults(Object.fromEntries(content), fields, schema)
  return { family: identity.name, ...members } as TaskDefinitionSpec
}
