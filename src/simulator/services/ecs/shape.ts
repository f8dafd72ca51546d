/** Brings an input into the shape that the API's model gives it: what a JSON 1.1 service keeps of a request. */
import { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from '../../api.ts'

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0]

/**
 * A deep copy of `value` with only the members that the schema knows; null and undefined are left
 * out, as AWS reads them. Throws SerializationException where a value is of the wrong type.
 */
export function conform(schema: SchemaRef, value: unknown): unknown {
  const normal = NormalizedSchema.of(schema)
  if (normal.isStructSchema()) return conformStruct(normal, value)
  if (normal.isListSchema()) {
    if (!Array.isArray(value)) throw wrong(value, 'list')
    return value.filter(isGiven).map((item) => conform(normal.getValueSchema(), item))
  }
  if (normal.isMapSchema()) {
    const entries = Object.entries(record(value)).filter(([, item]) => isGiven(item))
    return Object.fromEntries(
      entries.map(([key, item]) => [key, conform(normal.getValueSchema(), item)]),
    )
  }
  if (normal.isStringSchema() && typeof value !== 'string') throw wrong(value, 'String')
  if (normal.isBooleanSchema() && typeof value !== 'boolean') throw wrong(value, 'Boolean')
  if (normal.isNumericSchema() && typeof value !== 'number') throw wrong(value, 'Integer')
  return value
}

function conformStruct(schema: NormalizedSchema, value: unknown): Record<string, unknown> {
  const given = record(value)
  const kept: Record<string, unknown> = {}
  for (const [name, member] of schema.structIterator()) {
    const item = given[name]
    if (isGiven(item)) kept[name] = conform(member, item)
  }
  return kept
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(value, 'structure or map')
  return value as Record<string, unknown>
}

function wrong(value: unknown, expected: string): AwsError {
  const found = Array.isArray(value)
    ? 'LIST'
    : typeof value === 'object'
      ? 'STRUCTURE'
      : typeof value
  return new AwsError(
    'SerializationException',
    `${found.toUpperCase()}_VALUE can not be converted to ${expected}`,
  )
}
