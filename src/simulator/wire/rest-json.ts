/** restJson1 in the server's direction: method, path, query, headers and body, each where the SDK's http traits put it. */
import type { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from '../api.ts'
import { jsonBody, readJsonValue, readMembers, writeJson } from './json.ts'
import { plainBody, queryOf, type WireRequest } from './message.ts'
import { errorSchema, type OperationSchema, operationsOf } from './schema.ts'
import type { WireService } from './services.ts'

/** The http traits that are read here; a shape has few of them. */
interface HttpTraits {
  readonly http?: readonly [method: string, path: string, status: number]
  readonly httpLabel?: unknown
  readonly httpQuery?: string
  readonly httpQueryParams?: unknown
  readonly httpHeader?: string
  readonly httpPrefixHeaders?: string
  readonly httpPayload?: unknown
  readonly httpResponseCode?: unknown
}

function traitsOf(schema: NormalizedSchema): HttpTraits {
  return schema.getMergedTraits() as HttpTraits
}

/** An operation that a request names by its method and path, and what stands in the path's placeholders. */
export interface Route {
  readonly operation: string
  readonly labels: Readonly<Record<string, string>>
}

/** `/tags/{ResourceArn}` and `/tags/arn%3Aaws…` give `{ ResourceArn: 'arn:aws…' }`; undefined where they do not fit. */
function labelsOf(template: string, path: string): Record<string, string> | undefined {
  const names: string[] = []
  const source = (template.split('?')[0] ?? '').replace(
    /\{(\w+)(\+?)\}|[^{}]+/g,
    (part, name, plus) => {
      if (name === undefined) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      names.push(name)
      return plus ? '(.+)' : '([^/]+)'
    },
  )
  const found = new RegExp(`^${source}/?$`).exec(path)
  if (!found) return undefined
  try {
    return Object.fromEntries(
      names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')]),
    )
  } catch {
    return undefined
  }
}

/** Which operation of the service a request means; of several that fit, the one with the fewest placeholders. */
export async function routeOf(
  service: WireService,
  request: WireRequest,
): Promise<Route | undefined> {
  const path = request.path.split('?')[0] ?? '/'
  const routes = (await operationsOf(service)).flatMap(({ name, traits }) => {
    const { http } = traits as HttpTraits
    const labels = http?.[0] === request.method ? labelsOf(http[1], path) : undefined
    return labels ? [{ operation: name, labels }] : []
  })
  const placeholders = ({ labels }: Route) => Object.keys(labels).length
  return routes.sort((a, b) => placeholders(a) - placeholders(b))[0]
}

/** An operation's input, gathered from all parts of the request. Throws SerializationException for a wrong type. */
export function readRest(
  schema: OperationSchema,
  route: Route,
  request: WireRequest,
): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  if (schema.input.isUnitSchema()) return input
  const query = queryOf(request)
  const inBody: [string, NormalizedSchema][] = []
  for (const [name, member] of schema.input.structIterator()) {
    const traits = traitsOf(member)
    const { httpQuery: key, httpHeader: header } = traits
    let value: unknown
    if (traits.httpLabel) value = readText(member, route.labels[name])
    else if (key !== undefined) value = readQuery(member, query.getAll(key))
    else if (traits.httpQueryParams) value = readParams(schema.input, member, query)
    else if (header !== undefined) value = readText(member, request.headers[header.toLowerCase()])
    else if (traits.httpPrefixHeaders !== undefined) {
      value = prefixed(request, traits.httpPrefixHeaders.toLowerCase())
    } else if (traits.httpPayload) value = readPayload(member, request)
    else inBody.push([name, member])
    if (value !== undefined) input[name] = value
  }
  if (inBody.length > 0) Object.assign(input, readMembers(inBody, jsonBody(plainBody(request))))
  return input
}

function readQuery(schema: NormalizedSchema, texts: readonly string[]): unknown {
  if (texts.length === 0) return undefined
  if (!schema.isListSchema()) return readText(schema, texts[0])
  return texts.map((text) => readText(schema.getValueSchema(), text))
}

/** The query's keys that no other member stands for. */
function readParams(input: NormalizedSchema, member: NormalizedSchema, query: URLSearchParams) {
  const named = new Set([...input.structIterator()].map(([, each]) => traitsOf(each).httpQuery))
  const lists = member.getValueSchema().isListSchema()
  const keys = [...new Set(query.keys())].filter((key) => !named.has(key))
  return Object.fromEntries(keys.map((key) => [key, lists ? query.getAll(key) : query.get(key)]))
}

function prefixed(request: WireRequest, prefix: string) {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    ),
  )
}

function readPayload(schema: NormalizedSchema, request: WireRequest): unknown {
  const body = plainBody(request)
  if (schema.isBlobSchema()) return body
  if (schema.isStringSchema()) return new TextDecoder().decode(body)
  return readJsonValue(schema, jsonBody(body))
}

/** A value that stands in a path, a query or a header. */
function readText(schema: NormalizedSchema, text: string | undefined): unknown {
  if (text === undefined) return undefined
  if (schema.isBooleanSchema()) {
    if (text === 'true' || text === 'false') return text === 'true'
    throw refusal(text, 'a Boolean')
  }
  if (schema.isNumericSchema()) {
    const number = Number(text)
    if (text.trim() !== '' && !Number.isNaN(number)) return number
    throw refusal(text, 'a number')
  }
  if (schema.isTimestampSchema()) {
    const date = new Date(/^[\d.]+$/.test(text) ? Number(text) * 1000 : text)
    if (!Number.isNaN(date.getTime())) return date
    throw refusal(text, 'a Timestamp')
  }
  return text
}

function refusal(text: string, type: string): AwsError {
  return new AwsError('SerializationException', `${text} can not be converted to ${type}`)
}

/** An answer: the status of the operation, and its members in headers and body. */
export async function writeRest(service: WireService, schema: OperationSchema, output: unknown) {
  const operation = (await operationsOf(service)).find(({ name }) => name === schema.name)
  const { http } = (operation?.traits ?? {}) as HttpTraits
  let status = http?.[2] ?? 200
  const headers: Record<string, string> = {}
  const values = (output ?? {}) as Record<string, unknown>
  let body: string | undefined
  const rest: Record<string, unknown> = { ...values }
  const members = schema.output.isUnitSchema() ? [] : [...schema.output.structIterator()]
  for (const [name, member] of members) {
    const { httpHeader, httpPrefixHeaders, httpPayload, httpResponseCode } = traitsOf(member)
    const value = values[name]
    if (!httpHeader && httpPrefixHeaders === undefined && !httpPayload && !httpResponseCode)
      continue
    delete rest[name]
    if (value === undefined) continue
    if (httpResponseCode) status = Number(value)
    else if (httpHeader) headers[httpHeader.toLowerCase()] = headerText(value)
    else if (httpPrefixHeaders !== undefined) {
      for (const [key, each] of Object.entries(value as object)) {
        headers[`${httpPrefixHeaders}${key}`.toLowerCase()] = headerText(each)
      }
    } else body = member.isStructSchema() ? writeJson(member, value) : String(value)
  }
  return { status, headers, body: body ?? writeJson(schema.output, rest) }
}

function headerText(value: unknown): string {
  return value instanceof Date ? value.toUTCString() : String(value)
}

/** An error's body: its text stands under the name that the exception's shape has for it. */
export async function writeRestError(
  service: WireService | undefined,
  error: AwsError,
): Promise<string> {
  const shape = service && (await errorSchema(service, error.code))
  const names = shape ? [...shape.structIterator()].map(([name]) => name) : []
  const member = names.find((name) => /^message$/i.test(name)) ?? 'message'
  return JSON.stringify({ ...error.details, [member]: error.message })
}
