/**
 * Derives the JSON Schema of each kind's `spec` from the SDK's request types, and writes it beside the kind.
 * Run it from the project's root after an SDK upgrade: `npm run derive-schema`. A unit test derives again and compares.
 *
 * Shapes, documentation and enums come from the TypeScript declarations; which members are required comes from
 * the SDK's runtime schemas (there the required members stand first, and the sixth slot counts them).
 */
import { writeFileSync } from 'node:fs'
import { createGenerator, type SchemaGenerator } from 'ts-json-schema-generator'
import type { Encoding, JsonSchema, Kind, SchemaSource } from '../src/kind.ts'
import { kinds } from '../src/kinds/index.ts'
import { lowerLeading } from '../src/kit/casing.ts'
import { kindsOf, referable } from '../src/kit/schema-parts.ts'

/** The numbers that AWS types as doubles, by the end of their path. */
const fractional = [
  'targetValue',
  'metricIntervalLowerBound',
  'metricIntervalUpperBound',
  'stepPercent',
  'canaryPercent',
  ...['memoryGiBPerVCpu', 'networkBandwidthGbps', 'totalLocalStorageGB'].flatMap((name) => [
    `${name}.min`,
    `${name}.max`,
  ]),
]

/** An enum beyond this grows by the month (instance types): a list of yesterday would refuse what AWS takes. */
const longestEnum = 60

/** Free-form JSON in the API. */
const documents = new Set(['DocumentType', '__DocumentType'])

/** An SDK package: its declarations, and the runtime schemas that it exports. */
interface Sdk {
  readonly generator: SchemaGenerator
  readonly runtime: Readonly<Record<string, RuntimeSchema | undefined>>
}

/** The generated schemas by kind, as they are checked in. Takes about three seconds an SDK package. */
export async function deriveSchemas(): Promise<Record<string, JsonSchema>> {
  const opened = new Map<string, Sdk>()
  const schemas: Record<string, JsonSchema> = {}
  for (const kind of kinds) {
    const name = kind.source.package
    const sdk = opened.get(name) ?? (await open(name))
    opened.set(name, sdk)
    schemas[kind.name] = derive(sdk, kind)
  }
  return schemas
}

async function open(name: string): Promise<Sdk> {
  const generator = createGenerator({
    path: `node_modules/@aws-sdk/${name}/dist-types/index.d.ts`,
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    expose: 'all',
    topRef: true,
    jsDoc: 'extended',
    additionalProperties: false,
    sortProps: false,
  })
  return { generator, runtime: await import(`@aws-sdk/${name}`) }
}

function derive(sdk: Sdk, kind: Pick<Kind, 'source' | 'references'>): JsonSchema {
  const { source, references } = kind
  const main = expand(sdk, source, references, source.request)
  const updates = (source.update ?? []).map((name) => expand(sdk, source, references, name))
  const also = Object.entries(source.also ?? {}).map(([name, schema]) => [
    name,
    dressed(schema, name, source, references),
  ])
  const given = Object.entries(main.properties as Record<string, JsonSchema>)
  const properties: Record<string, JsonSchema> = Object.assign(
    {},
    ...updates.map((update) => update.properties),
    Object.fromEntries(given.filter(([name]) => source.only?.includes(name) ?? true)),
    Object.fromEntries(also),
  )
  for (const [name, list] of Object.entries(source.lists ?? {})) {
    properties[name] = listOf(list, expand(sdk, source, references, list.type, `${name}[]`))
  }
  const omit = source.omit ?? {}
  for (const name of Object.keys(omit)) delete properties[name]
  for (const [name, unit] of Object.entries(source.units ?? {})) {
    properties[name] = { ...properties[name], type: ['string', 'integer'], 'x-unit': unit }
  }
  const members = (name: string) => membersOf(sdk, name).map(lowerLeading)
  const responseOnly = members(source.response)
    .filter((name) => properties[name] === undefined && !Object.hasOwn(omit, name))
    .map((name) => [name, source.renamed?.[name] ?? null])
  const derived = [...(source.derived ?? []), ...Object.keys(omit)]
  const required = requiredOf(sdk, source.request).filter((name) => !derived.includes(name))
  return {
    ...main,
    properties: inOrder(properties, members(source.request)),
    ...(required.length > 0 ? { required } : { required: undefined }),
    'x-refused': omit,
    'x-response-only': Object.fromEntries(responseOnly.sort()),
  }
}

/** A list of such items; what only AWS says of them is dropped from manifests with a notice. */
function listOf(
  { description, responseOnly = [] }: NonNullable<SchemaSource['lists']>[string],
  item: JsonSchema,
): JsonSchema {
  const given = Object.entries(item.properties as Record<string, JsonSchema>)
  const kept = given.filter(([name]) => !responseOnly.includes(name))
  const required = ((item.required ?? []) as string[]).filter(
    (name) => !responseOnly.includes(name),
  )
  const dropped = Object.fromEntries(responseOnly.map((name) => [name, null]))
  return {
    type: 'array',
    description,
    items: {
      type: 'object',
      additionalProperties: false,
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(kept),
      ...(responseOnly.length > 0 ? { 'x-response-only': dropped } : {}),
    },
  }
}

/** The schema of one SDK type with everything it refers to put in place, so that a reader needs no look-ups. */
function expand(
  sdk: Sdk,
  source: SchemaSource,
  references: Kind['references'],
  type: string,
  start = '',
): JsonSchema {
  const definitions = sdk.generator.createSchema(type).definitions as Record<string, JsonSchema>

  const at = (schema: JsonSchema, path: string): JsonSchema => {
    if (typeof schema.$ref === 'string') {
      const name = decodeURIComponent(schema.$ref.replace('#/definitions/', ''))
      const described =
        schema.description === undefined ? {} : { description: clean(String(schema.description)) }
      if (documents.has(name)) return described
      return { ...structure(definitions[name]!, name, path), ...described }
    }
    return structure(schema, '', path)
  }

  const structure = (schema: JsonSchema, name: string, path: string): JsonSchema => {
    const described =
      schema.description === undefined ? {} : { description: clean(String(schema.description)) }
    const reference = references[path]
    if (reference !== undefined && schema.type === 'string')
      return { ...referable(kindsOf(reference)), ...described }
    const encoding = source.encoded?.[path]
    if (encoding) return encoded(encoding, described, path, references)
    if (Array.isArray(schema.anyOf))
      return { ...union(schema.anyOf as JsonSchema[], path), ...described }
    if (schema.type === 'array') {
      return { type: 'array', ...described, items: at(schema.items as JsonSchema, `${path}[]`) }
    }
    if (schema.type === 'object' && schema.properties !== undefined) {
      const entries = Object.entries(schema.properties as Record<string, JsonSchema>)
      const required = requiredOf(sdk, name)
      return {
        type: 'object',
        ...described,
        additionalProperties: false,
        ...(required.length > 0 ? { required } : {}),
        properties: Object.fromEntries(
          entries.map(([member, value]) => {
            const key = lowerLeading(member)
            return [key, at(value, path === '' ? key : `${path}.${key}`)]
          }),
        ),
      }
    }
    if (schema.type === 'object') {
      const values = schema.additionalProperties
      const open =
        typeof values === 'object' && values !== null ? at(values as JsonSchema, `${path}{}`) : true
      return { type: 'object', ...described, additionalProperties: open }
    }
    if (schema.type === 'number') {
      const double = fractional.some((name) => path === name || path.endsWith(`.${name}`))
      return { type: double ? 'number' : 'integer', ...described }
    }
    if (typeof schema.const === 'string')
      return { type: 'string', ...described, enum: [schema.const] }
    const { type: simple, enum: values } = schema
    return {
      ...(simple ? { type: simple } : {}),
      ...described,
      ...(values && (values as unknown[]).length <= longestEnum ? { enum: values } : {}),
    }
  }

  /** The SDK's unions are exclusive members of one object; the `$unknown` variant is not for people. */
  const union = (variants: JsonSchema[], path: string): JsonSchema => {
    if (variants.every((v) => v.type === 'string')) {
      return {
        type: 'string',
        enum: variants.flatMap((v) => (v.enum as string[]) ?? [v.const]).sort(),
      }
    }
    const members = variants.map((variant) => at(variant, path)).filter((v) => v.type === 'object')
    const properties: Record<string, JsonSchema> = {}
    for (const member of members) Object.assign(properties, member.properties)
    delete properties.$unknown
    for (const [key, value] of Object.entries(properties))
      if (value.not !== undefined) delete properties[key]
    return { type: 'object', additionalProperties: false, properties }
  }

  return at({ $ref: `#/definitions/${type}` }, start)
}

/** A field that AWS wants as text: the text, or what it says as plain YAML. */
function encoded(
  encoding: Encoding,
  described: JsonSchema,
  path: string,
  references: Kind['references'],
): JsonSchema {
  const below = references[`${path}.**`]
  const item = references[`${path}[]`]
  const items = item ? referable(kindsOf(item)) : { type: 'string' }
  const type = {
    json: { type: ['string', 'object', 'array'], ...described },
    comma: { type: ['string', 'array'], ...described, items },
    base64: item
      ? { type: ['string', 'array'], ...described, items }
      : { type: 'string', ...described },
  }[encoding]
  return { ...type, 'x-encoding': encoding, ...(below ? { 'x-references': below.kind } : {}) }
}

/** A schema written by hand, with what the kind says of its references and encodings. */
function dressed(
  schema: JsonSchema,
  path: string,
  source: SchemaSource,
  references: Kind['references'],
): JsonSchema {
  const { description, items, properties } = schema
  const described = description === undefined ? {} : { description }
  const reference = references[path]
  if (reference) return { ...referable(kindsOf(reference)), ...described }
  const encoding = source.encoded?.[path]
  if (encoding) return encoded(encoding, described, path, references)
  const inside = (inner: unknown, at: string) =>
    dressed(inner as JsonSchema, at, source, references)
  return {
    ...schema,
    ...(items ? { items: inside(items, `${path}[]`) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [
              name,
              inside(each, `${path}.${name}`),
            ]),
          ),
        }
      : {}),
  }
}

type RuntimeSchema = [number, string, string, unknown, string[], unknown[], number?]

function membersOf(sdk: Sdk, type: string): string[] {
  return sdk.runtime[`${type}$`]?.[4] ?? []
}

function requiredOf(sdk: Sdk, type: string): string[] {
  const schema = sdk.runtime[`${type}$`]
  return schema?.[4]?.slice(0, schema[6] ?? 0).map(lowerLeading) ?? []
}

function inOrder<T>(record: Record<string, T>, names: readonly string[]): Record<string, T> {
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length)
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => rank(a) - rank(b)))
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** AWS's documentation is HTML; people read it in a terminal or an editor's tooltip. */
export function clean(html: string): string {
  return html
    .replace(/\s+/g, ' ')
    .replace(/<\/?code>/g, '`')
    .replace(
      /<(note|important)>\s*(<p>)?/g,
      (_, word: string) => `\n\n${word === 'note' ? 'Note' : 'Important'}: `,
    )
    .replace(/<li>\s*(<p>)?/g, '\n- ')
    .replace(/<\/?(p|ul|ol|dl|dt|dd|pre)\b[^>]*>/g, '\n\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(lt|gt|amp|quot|apos|nbsp);/g, (_, name: string) => entities[name] ?? '')
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/\n\n+(?=- )/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** How a generated schema is written. */
export function render(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 1)}\n`
}

/** `TaskDefinition` → `task-definition`. */
export function folderOf(kind: string): string {
  return kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
}

/** The checked-in file of a kind's schema, seen from the project's root. */
export function schemaFile(kind: string): string {
  return `src/kinds/${folderOf(kind)}/schema.generated.json`
}

// Node 20 runs no TypeScript, so `npm run derive-schema` bundles this file under its own name first.
if (process.argv[1]?.endsWith('derive-schema.mjs')) {
  for (const [kind, schema] of Object.entries(await deriveSchemas()))
    writeFileSync(schemaFile(kind), render(schema))
}
