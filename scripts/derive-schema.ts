/**
 * Derives the JSON Schema of each kind's `spec` from the SDK's request types, and writes it beside the kind.
 * Run it from the project's root after an SDK upgrade: `npm run derive-schema`. A unit test derives again and compares.
 *
 * Shapes, documentation and enums come from the TypeScript declarations; which members are required comes from
 * the SDK's runtime schemas (there the required members stand first, and the sixth slot counts them).
 */
import { writeFileSync } from 'node:fs'
import * as ecs from '@aws-sdk/client-ecs'
import { createGenerator, type SchemaGenerator } from 'ts-json-schema-generator'
import type { JsonSchema, ReferenceField } from '../src/kind.ts'
import { references as clusterReferences } from '../src/kinds/cluster/manifest.ts'
import { references as serviceReferences } from '../src/kinds/service/manifest.ts'
import { references as taskDefinitionReferences } from '../src/kinds/task-definition/manifest.ts'

interface Source {
  /** Where the generated file goes, under src/kinds. */
  readonly folder: string
  readonly request: string
  /** A request whose further members are state too. */
  readonly update?: string
  /** What AWS answers: its members that no request has are dropped from manifests with a notice. */
  readonly response: string
  /** Not meant for manifests: tokens, one-shot flags, and the other name of the name field; with what to tell people. */
  readonly omit: Readonly<Record<string, string>>
  /** Required by the API, but derived from `metadata.name`. */
  readonly derived: readonly string[]
  /** Response members whose value belongs into a request member of another name. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Fields that take words for a size. */
  readonly units?: Readonly<Record<string, 'vcpu' | 'memory'>>
  readonly references: Readonly<Record<string, ReferenceField>>
}

const token = 'fairlead makes its own tokens'

const sources: Readonly<Record<string, Source>> = {
  Cluster: {
    folder: 'cluster',
    request: 'CreateClusterRequest',
    response: 'Cluster',
    omit: { clientToken: token },
    derived: ['clusterName'],
    references: clusterReferences,
  },
  TaskDefinition: {
    folder: 'task-definition',
    request: 'RegisterTaskDefinitionRequest',
    response: 'TaskDefinition',
    omit: { clientToken: token },
    derived: ['family'],
    units: { cpu: 'vcpu', memory: 'memory' },
    references: taskDefinitionReferences,
  },
  Service: {
    folder: 'service',
    request: 'CreateServiceRequest',
    update: 'UpdateServiceRequest',
    response: 'Service',
    omit: {
      clientToken: token,
      service: 'write serviceName',
      forceNewDeployment: 'it is a deed, not a state: change the task definition instead',
    },
    derived: ['serviceName'],
    renamed: { clusterArn: 'cluster' },
    references: serviceReferences,
  },
}

/** The only numbers of ECS that AWS types as doubles. */
const fractional = new Set(['stepPercent', 'canaryPercent'])

/** Free-form JSON in the API. */
const documents = new Set(['DocumentType', '__DocumentType'])

/** The generated schemas by kind, as they are checked in. Takes about two seconds. */
export function deriveSchemas(): Record<string, JsonSchema> {
  const generator = createGenerator({
    path: 'node_modules/@aws-sdk/client-ecs/dist-types/index.d.ts',
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    expose: 'all',
    topRef: true,
    jsDoc: 'extended',
    additionalProperties: false,
    sortProps: false,
  })
  return Object.fromEntries(
    Object.entries(sources).map(([kind, source]) => [kind, derive(generator, source)]),
  )
}

function derive(generator: SchemaGenerator, source: Source): JsonSchema {
  const main = expand(generator, source.request, source.references)
  const update =
    source.update === undefined ? {} : expand(generator, source.update, source.references)
  const properties: Record<string, JsonSchema> = {
    ...(update.properties as Record<string, JsonSchema> | undefined),
    ...(main.properties as Record<string, JsonSchema>),
  }
  for (const name of Object.keys(source.omit)) delete properties[name]
  for (const [name, unit] of Object.entries(source.units ?? {})) {
    properties[name] = { ...properties[name], type: ['string', 'integer'], 'x-unit': unit }
  }
  const responseOnly = membersOf(source.response)
    .filter((name) => properties[name] === undefined && !Object.hasOwn(source.omit, name))
    .map((name) => [name, source.renamed?.[name] ?? null])
  const required = requiredOf(source.request).filter((name) => !source.derived.includes(name))
  return {
    ...main,
    properties: inOrder(properties, membersOf(source.request)),
    ...(required.length > 0 ? { required } : { required: undefined }),
    'x-refused': source.omit,
    'x-response-only': Object.fromEntries(responseOnly.sort()),
  }
}

/** The schema of one SDK type with everything it refers to put in place, so that a reader needs no look-ups. */
function expand(
  generator: SchemaGenerator,
  type: string,
  references: Source['references'],
): JsonSchema {
  const definitions = generator.createSchema(type).definitions as Record<string, JsonSchema>

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
      return { ...referable(reference), ...described }
    if (Array.isArray(schema.anyOf))
      return { ...union(schema.anyOf as JsonSchema[], path), ...described }
    if (schema.type === 'array') {
      return { type: 'array', ...described, items: at(schema.items as JsonSchema, `${path}[]`) }
    }
    if (schema.type === 'object' && schema.properties !== undefined) {
      const entries = Object.entries(schema.properties as Record<string, JsonSchema>)
      const required = requiredOf(name)
      return {
        type: 'object',
        ...described,
        additionalProperties: false,
        ...(required.length > 0 ? { required } : {}),
        properties: Object.fromEntries(
          entries.map(([key, value]) => [key, at(value, path === '' ? key : `${path}.${key}`)]),
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
      return { type: fractional.has(lastName(path)) ? 'number' : 'integer', ...described }
    }
    if (typeof schema.const === 'string')
      return { type: 'string', ...described, enum: [schema.const] }
    const { type: simple, enum: values } = schema
    return {
      ...(simple ? { type: simple } : {}),
      ...described,
      ...(values ? { enum: values } : {}),
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

  return at({ $ref: `#/definitions/${type}` }, '')
}

/** A string, or `{ ref, append? }`: told apart by type alone, so that errors stay plain. */
function referable(reference: ReferenceField): JsonSchema {
  return {
    type: ['string', 'object'],
    required: ['ref'],
    additionalProperties: false,
    properties: { ref: { type: 'string' }, append: { type: 'string' } },
    'x-reference': reference.kind,
  }
}

type RuntimeSchema = [number, string, string, unknown, string[], unknown[], number?]

function runtimeSchema(type: string): RuntimeSchema | undefined {
  return (ecs as unknown as Record<string, RuntimeSchema | undefined>)[`${type}$`]
}

function membersOf(type: string): string[] {
  return runtimeSchema(type)?.[4] ?? []
}

function requiredOf(type: string): string[] {
  const schema = runtimeSchema(type)
  return schema?.[4]?.slice(0, schema[6] ?? 0) ?? []
}

function inOrder<T>(record: Record<string, T>, names: readonly string[]): Record<string, T> {
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length)
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => rank(a) - rank(b)))
}

function lastName(path: string): string {
  return path.replaceAll('[]', '').split('.').at(-1) ?? ''
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

/** The checked-in file of a kind's schema, seen from the project's root. */
export function schemaFile(kind: string): string {
  return `src/kinds/${sources[kind]!.folder}/schema.generated.json`
}

// Node 20 runs no TypeScript, so `npm run derive-schema` bundles this file under its own name first.
if (process.argv[1]?.endsWith('derive-schema.mjs')) {
  for (const [kind, schema] of Object.entries(deriveSchemas()))
    writeFileSync(schemaFile(kind), render(schema))
}
