/** What manifests of EC2's things have in common: they are known by an id or by our tags, and carry tags. Pure. */

import type { JsonSchema, Kind } from '../kind.ts'
import { type Findings, isFilled } from './field-rules.ts'

/** `tags` of a spec: EC2's requests have TagSpecifications instead. */
export const tagList: JsonSchema = {
  type: 'array',
  description: 'Tags of the resource.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['key'],
    properties: { key: { type: 'string' }, value: { type: 'string' } },
  },
}

/** An id that exists, for what EC2 gives no name to; else its manifest alone tells it from others. */
export function identifyById<Spec>(
  idOf: (spec: Spec) => string | undefined,
): Kind<Spec>['identify'] {
  return (spec, name, environment) => {
    const id = idOf(spec)
    const label = `${environment.namePrefix}${name}`
    const parts = { label, ...(id ? { id } : {}) }
    return { name: id ?? `${environment.name}/${label}`, parts }
  }
}

/** An id as EC2 writes it. */
export function checkEc2Id(value: unknown, prefix: string, path: string, { say }: Findings): void {
  if (!isFilled(value) || new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(value)) return
  say(
    path,
    'BadId',
    `"${value.slice(0, 60)}" is not an id: expected ${prefix}-… with 8 or 17 digits`,
  )
}
