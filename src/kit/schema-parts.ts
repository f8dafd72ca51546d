/** Parts of schemas that are written by hand and of those that are derived. */
import type { JsonSchema, ReferenceField } from '../kind.ts'

/** The kinds that a reference takes, as its schema says them; the first is meant where none is named. */
export const kindsOf = ({ kind, also = [] }: Pick<ReferenceField, 'kind' | 'also'>): string =>
  [kind, ...also].join(' or ')

/** A string, or `{ ref, append? }`: told apart by type alone, so that errors stay plain. */
export function referable(kind: string, description?: string): JsonSchema {
  return {
    type: ['string', 'object'],
    ...(description === undefined ? {} : { description }),
    required: ['ref'],
    additionalProperties: false,
    properties: { ref: { type: 'string' }, append: { type: 'string' } },
    'x-reference': kind,
  }
}
