/** awsJson1.1 in the server's direction: request bodies are checked against the schema as strictly as AWS does. */
import { JsonCodec2 } from '@aws-sdk/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from '../api.ts'

/**
 * An operation's input from a request body. Unknown members and nulls are dropped, as AWS drops them.
 * Throws SerializationException where the text is no JSON object or a value has a wrong type.
 */
export function readJson(schema: NormalizedSchema, body: Uint8Array): Record<string, unknown> {
  return readStruct(schema, jsonBody(body))
}

/** What a body says; an empty one is an empty object. Throws SerializationException where it is no JSON. */
export function jsonBody(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body)
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw refusal('Unable to parse the request body as JSON.')
  }
}

function readStruct(schema: NormalizedSchema, value: unknown): Record<string, unknown> {
  return readMembers(schema.isUnitSchema() ? [] : schema.structIterator(), value)
}

/** The members of an object that are among the given ones. Throws SerializationException where it is none. */
export function readMembers(
  members: Iterable<[string, NormalizedSchema]>,
  value: unknown,
): Record<string, unknown> {
  if (Array.isArray(value)) throw refusal('Start of list found where not expected')
  if (typeof value !== 'object' || value === null) throw refusal('Unexpected field type')
  const input: Record<string, unknown> = {}
  for (const [name, member] of members) {
    if (!Object.hasOwn(value, name)) continue
    const given = (value as Record<string, unknown>)[name]
    if (given !== null) input[name] = readJsonValue(member, given)
  }
  return input
}

/** A value by its schema. Throws SerializationException for a wrong type. */
export function readJsonValue(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isDocumentSchema()) return value
  if (schema.isStructSchema()) return readStruct(schema, value)
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw refusal('Expected list or null')
    const item = schema.getValueSchema()
    return value.filter((each) => each !== null).map((each) => readJsonValue(item, each))
  }
  if (schema.isMapSchema()) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw refusal('Expected map or null')
    }
    const item = schema.getValueSchema()
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, each]) =>
        each === null ? [] : [[key, readJsonValue(item, each)]],
      ),
    )
  }
  return readScalar(schema, value)
}

function readScalar(schema: NormalizedSchema, value: unknown): unknown {
  if (Array.isArray(value)) throw refusal('Start of list found where not expected')
  if (typeof value === 'object') {
    throw refusal('Start of structure or map found where not expected.')
  }
  const wanted = (type: string, name: string) => {
    if (typeof value === type) return
    const found = typeof value === 'boolean' ? String(value) : typeof value
    const token = `${found.toUpperCase()}_VALUE`
    throw refusal(`${token} can not be converted to ${name}`)
  }
  if (schema.isBooleanSchema()) wanted('boolean', 'a Boolean')
  else if (schema.isNumericSchema()) wanted('number', 'an Integer')
  else if (schema.isTimestampSchema()) {
    const date = new Date(typeof value === 'number' ? value * 1000 : String(value))
    if (Number.isNaN(date.getTime())) throw refusal(`${value} can not be converted to a Timestamp`)
    return date
  } else if (schema.isBlobSchema()) {
    wanted('string', 'a Blob')
    return Uint8Array.from(Buffer.from(value as string, 'base64'))
  } else wanted('string', 'a String')
  return value
}

function refusal(message: string): AwsError {
  return new AwsError('SerializationException', message)
}

const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false })

/** An answer's body: only what the schema names, timestamps in epoch seconds. */
export function writeJson(schema: NormalizedSchema, output: unknown): string {
  if (schema.isUnitSchema()) return '{}'
  const serializer = codec.createSerializer()
  serializer.write(schema as never, output)
  const body = serializer.flush() as string | Uint8Array
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}

/** An error's body, as the ECS API Reference shows it. */
export function writeJsonError(error: AwsError): string {
  return JSON.stringify({ ...error.details, __type: error.code, message: error.message })
}
