/** Rules of tasks beyond the schema: what RunTask refuses. They rest on RunTask in the Amazon ECS API reference. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { checkRange, checkTags, type Findings } from '../../kit/field-rules.ts'
import { checkLaunch, checkLaunchOf } from '../../kit/launch-rules.ts'
import { itemLabels } from '../../paths.ts'
import type { TaskSpec } from './spec.ts'

export function checkTask(spec: TaskSpec, found: Findings): void {
  checkTags(spec.tags, 'spec.tags', found)
  checkRange(spec.count, 'spec.count', [1, 10], found)
  checkLaunch(spec, 'spec', found)
}

/** Rules over a task and the definition that it runs. */
export function checkWithTaskDefinition(
  spec: TaskSpec,
  definition: Partial<RegisterTaskDefinitionRequest>,
  found: Findings,
): void {
  checkLaunchOf(spec, definition, 'spec', found)
  const names = (definition.containerDefinitions ?? []).map(({ name }) => name)
  const overrides = spec.overrides?.containerOverrides ?? []
  const labels = itemLabels(overrides)
  overrides.forEach(({ name }, index) => {
    if (name === undefined || names.includes(name)) return
    found.say(
      `spec.overrides.containerOverrides[${labels[index]}].name`,
      'UnknownContainer',
      `its task definition has no container "${name}": expected ${names.join(' or ')}`,
    )
  })
}
