/** What a roll-out changed: the fields in which two task definitions differ, and those of the service. Pure. */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { canonicalise, compare, type Field, type Fields } from '../../../diff.ts'
import type { FieldChange } from '../../../model.ts'
import type { Evidence } from './model.ts'

const plain: Field = {}
const byName: Field['key'] = (item) => String(item.name)
const valued = (value: string): Field => ({
  key: byName,
  value,
  fields: { name: plain, [value]: plain },
})

/** Both sides are AWS's own, so that only lists need to be known. */
const container: Fields = {
  environment: valued('value'),
  secrets: valued('valueFrom'),
  portMappings: { key: (item) => `${item.containerPort ?? item.containerPortRange}` },
  mountPoints: { key: (item) => String(item.containerPath) },
  dockerLabels: { map: true },
  logConfiguration: { fields: { options: { map: true }, secretOptions: valued('valueFrom') } },
  healthCheck: { fields: { interval: plain, timeout: plain, retries: plain, startPeriod: plain } },
  ulimits: { key: byName },
}

const fields: Fields = {
  containerDefinitions: { key: byName, fields: container },
  volumes: { key: byName },
  requiresCompatibilities: { list: 'set' },
}

/** What tells one revision from the next and is no content. */
const notContent = new Set([
  'taskDefinitionArn',
  'revision',
  'family',
  'status',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'requiresAttributes',
  'compatibilities',
  'tags',
])

const content = (definition: TaskDefinition) =>
  canonicalise(
    Object.fromEntries(Object.entries(definition).filter(([name]) => !notContent.has(name))),
    fields,
  )

const revisionOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

/** The fields of the task definition, and of the service. Where nothing ran before, nothing changed. */
export function changedBy({ failing, definition, previous }: Evidence): FieldChange[] {
  const { definition: to, previous: from } = failing
  if (!from) return [...failing.changed]
  if (definition && previous) {
    return [...compare(content(definition), content(previous), fields), ...failing.changed]
  }
  const moved =
    from === to ? [] : [{ path: 'taskDefinition', from: revisionOf(from), to: revisionOf(to) }]
  return [...moved, ...failing.changed]
}
