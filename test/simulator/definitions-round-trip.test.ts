/** What is registered reads back as AWS would describe it, for every shape. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createAccount } from './account.ts'

const folder = join(import.meta.dirname, '../fixtures/shapes')

/** References stand for ARNs; which ones does not matter here. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filled)
  if (typeof value !== 'object' || value === null) return value
  if ('ref' in value)
    return `arn:aws:iam::123456789012:role/${(value as { append?: string }).append ?? 'x'}`
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]))
}

interface Document {
  readonly kind?: string
  readonly metadata?: { readonly name: string }
  readonly spec?: object
}

/** Every task definition of the fixtures but the oddities, which are not in the API's shape. */
const shapes = readdirSync(folder)
  .filter((file) => file !== 'oddities.yaml')
  .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { merge: true }))
  .map((document) => document.toJS() as Document)
  .filter(({ kind }) => kind === 'TaskDefinition')
  .map(
    ({ metadata, spec }) =>
      [metadata?.name ?? '', { family: metadata?.name, ...(filled(spec) as object) }] as const,
  )

/** What a task definition has that a request cannot say. */
function asRequest(stored: TaskDefinition): object {
  const {
    taskDefinitionArn,
    revision,
    status,
    requiresAttributes,
    compatibilities,
    registeredAt,
    registeredBy,
    ...rest
  } = stored
  return rest
}

describe('task definitions of the documentation', () => {
  it('are many', () => {
    expect(shapes.length).toBeGreaterThanOrEqual(25)
  })

  it.each(shapes)(
    '%s: described as it was registered, and the same when registered as described',
    (_name, input) => {
      const account = createAccount()
      const { taskDefinition } = account.call('RegisterTaskDefinition', input)
      const described = account.call('DescribeTaskDefinition', {
        taskDefinition: taskDefinition.taskDefinitionArn,
      })
      expect(described.taskDefinition).toEqual(taskDefinition)
      const again = account.call('RegisterTaskDefinition', asRequest(taskDefinition)).taskDefinition
      expect(again).toEqual({
        ...taskDefinition,
        revision: 2,
        taskDefinitionArn: taskDefinition.taskDefinitionArn.replace(/1$/, '2'),
      })
    },
  )
})
