/** Parts of schemas that are written by hand and of those that are derived. */
import type { JsonSchema } from './kind.ts'

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
