/**
 * Reads a tree by a schema: checks every value, takes what people bring in slightly other shapes (with a notice),
 * and remembers where each value stands. One walk does it all, so that one mistake gives one problem, at its place.
 * The schemas are plain JSON Schema; a test holds this reader against a full validator.
 */

import type { JsonSchema } from '../../kind.ts'
import { lowerLeading } from '../../kit/casing.ts'
import type { Position } from '../../model.ts'
import { itemLabels } from '../../paths.ts'
import { parseRef } from '../../references.ts'
import { mistyped, type Reading, readBoolean, readNumber, readText, unfilled } from './scalars.ts'
import { nearest } from './suggest.ts'
import type { ListNode, MapEntry, MapNode, ScalarNode, TreeNode } from './tree.ts'

export interface ShapeContext {
  /** `at` is the offset of the value or key in the file. */
  report(
    at: number,
    path: string,
    severity: 'error' | 'notice',
    code: string,
    message: string,
    hint?: string,
  ): void
  readonly place: (offset: number) => Position
  /** Filled: where each value stands, by path in plan notation. */
  readonly positions: Record<string, Position>
  /** Kinds that stand for others: a reference to one means its children. */
  readonly isComposite: (kind: string) => boolean
  /** Whether `required` holds at this path. */
  readonly requires: (path: string) => boolean
}

/**
 * The value in the schema's shape; undefined where it is absent, null or unusable. `at` is the offset of its key.
 * What is wrong is reported, and read as what was probably meant, so that it does not cause further problems.
 */
export function shape(
  node: TreeNode,
  schema: JsonSchema,
  path: string,
  context: ShapeContext,
  at = node.at,
): unknown {
  context.positions[path] = context.place(at)
  if (node.type === 'scalar' && node.value === null) return undefined
  const types = typeof schema.type === 'string' ? [schema.type] : ((schema.type as string[]) ?? [])
  if (types.length === 0) return plainValue(node)
  if (schema['x-encoding'] === 'json' && node.type !== 'scalar') {
    return shapeDocument(node, schema['x-references'] as string | undefined, path, context)
  }
  if (node.type === 'map' && types.includes('object')) return shapeMap(node, schema, path, context)
  if (node.type === 'list' && types.includes('array')) return shapeList(node, schema, path, context)
  if (node.type === 'scalar' && types.some((type) => type !== 'array' && type !== 'object')) {
    return shapeScalar(node, schema, types, path, context)
  }
  settled(mistyped(expectation(types), node, wayOut(node, types)), node.at, path, context)
  const items = schema.items as JsonSchema | undefined
  const fits = items !== undefined && (items.type === 'object') === (node.type === 'map')
  if (!fits) return undefined
  return shapeList({ type: 'list', at: node.at, items: [node] }, schema, path, context)
}

function shapeScalar(
  node: ScalarNode,
  schema: JsonSchema,
  types: readonly string[],
  path: string,
  context: ShapeContext,
): unknown {
  // A policy has variables of its own: ${aws:username}.
  const free = freeText(path) || schema['x-encoding'] === 'json'
  const left = typeof node.value === 'string' && !free ? unfilled(node.value) : undefined
  if (left !== undefined) {
    const severity = looseText(path) ? 'notice' : 'error'
    const message = `looks like an unfilled placeholder: ${left}`
    context.report(node.at, path, severity, 'Placeholder', message)
    if (severity === 'error') return undefined
  }
  return settled(readScalar(node, schema, types, path), node.at, path, context)
}

function readScalar(
  node: ScalarNode,
  schema: JsonSchema,
  types: readonly string[],
  path: string,
): Reading {
  const number = types.includes('integer') || types.includes('number')
  // Task sizes are text on AWS, though numbers are taken; what else takes both keeps a number.
  const asNumber = number && typeof node.value === 'number' && schema['x-unit'] === undefined
  if (types.includes('string') && !asNumber) return readText(node, schema, !secretive(path))
  return number ? readNumber(node, schema) : readBoolean(node)
}

function wayOut(node: TreeNode, types: readonly string[]): string | undefined {
  if (types.includes('array')) return 'put it into [ ]'
  const reference = node.type === 'map' && node.entries.some((entry) => entry.key === 'ref')
  return reference ? 'this field takes no reference: write the value' : undefined
}

function settled(reading: Reading, at: number, path: string, context: ShapeContext): unknown {
  const { wrong, note } = reading
  if (wrong) context.report(at, path, 'error', wrong.code, wrong.message, wrong.hint)
  else if (note) context.report(at, path, 'notice', note.code, note.message)
  return reading.value
}

function shapeList(
  node: ListNode,
  schema: JsonSchema,
  path: string,
  context: ShapeContext,
): unknown[] {
  const labels = itemLabels(node.items.map((item) => ({ name: nameIn(item) })))
  const values: unknown[] = []
  node.items.forEach((item, index) => {
    const itemPath = `${path}[${labels[index]}]`
    if (item.type === 'scalar' && item.value === null) {
      context.report(
        item.at,
        itemPath,
        'error',
        'EmptyItem',
        'an empty item in a list',
        'fill it, or take it out',
      )
      return
    }
    const value = shape(item, schema.items as JsonSchema, itemPath, context)
    if (value !== undefined) values.push(value)
  })
  return values
}

function nameIn(node: TreeNode): unknown {
  if (node.type !== 'map') return undefined
  const entry =
    node.entries.find(({ key }) => key === 'name') ?? node.entries.find(({ key }) => key === 'Name')
  return entry?.value.type === 'scalar' ? entry.value.value : undefined
}

function shapeMap(
  node: MapNode,
  schema: JsonSchema,
  path: string,
  context: ShapeContext,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  if (schema.properties === undefined) {
    for (const entry of node.entries) {
      const value = shape(
        entry.value,
        schema.additionalProperties as JsonSchema,
        join(path, entry.key),
        context,
        entry.at,
      )
      if (value !== undefined) values[entry.key] = value
    }
    return values
  }
  const properties = schema.properties as Record<string, JsonSchema>
  const present = new Map<string, MapEntry>()
  for (const [name, entry] of named(node, schema, path, context)) {
    const before = present.get(name)
    if (before === undefined) present.set(name, entry)
    else {
      const message = `"${entry.key}" and "${before.key}" are the same field`
      context.report(entry.at, join(path, name), 'error', 'DuplicateKey', message)
    }
  }
  for (const [name, entry] of present) {
    const value = shape(entry.value, properties[name]!, join(path, name), context, entry.at)
    if (value !== undefined) values[name] = value
  }
  checkRequired(node, schema, present, path, context)
  if (schema['x-reference'] !== undefined && typeof values.ref === 'string') {
    checkRef(values.ref, String(schema['x-reference']), node, path, context)
  }
  return values
}

/** Each entry with the field that it means; entries that mean none are reported and left out. */
function* named(
  node: MapNode,
  schema: JsonSchema,
  path: string,
  context: ShapeContext,
): Iterable<[string, MapEntry]> {
  const properties = schema.properties as Record<string, JsonSchema>
  const responseOnly = (schema['x-response-only'] ?? {}) as Record<string, string | null>
  for (const entry of node.entries) {
    const { key, at } = entry
    if (Object.hasOwn(properties, key)) {
      yield [key, entry]
      continue
    }
    const lower = lowerLeading(key)
    if (Object.hasOwn(properties, lower)) {
      context.report(
        at,
        join(path, lower),
        'notice',
        'AwsSpelling',
        `"${key}" was taken as ${lower}`,
      )
      yield [lower, entry]
      continue
    }
    const answered = [key, lower].find((name) => Object.hasOwn(responseOnly, name))
    if (answered !== undefined) {
      const instead = responseOnly[answered]
      const taken =
        instead != null && !node.entries.some((other) => lowerLeading(other.key) === instead)
      const message = taken
        ? `was taken as ${instead}`
        : 'is only in what AWS answers, and was dropped'
      context.report(at, join(path, answered), 'notice', 'ResponseOnly', `"${key}" ${message}`)
      if (taken) yield [instead, entry]
      continue
    }
    const refused = (schema['x-refused'] ?? {}) as Record<string, string>
    if (Object.hasOwn(refused, lower)) {
      const message = 'this field is not for manifests'
      context.report(at, join(path, lower), 'error', 'Refused', message, refused[lower])
      continue
    }
    const names = Object.keys(properties)
    const meant = nearest(lower, names)
    const known = names.length <= 12 ? `known here: ${names.join(', ')}` : undefined
    const hint = meant === undefined ? known : `did you mean ${meant}?`
    context.report(at, join(path, key), 'error', 'UnknownField', 'unknown field', hint)
    if (meant !== undefined && !node.entries.some((other) => other.key === meant)) {
      yield [meant, entry]
    }
  }
}

function checkRequired(
  node: MapNode,
  schema: JsonSchema,
  present: ReadonlyMap<string, MapEntry>,
  path: string,
  context: ShapeContext,
): void {
  if (!context.requires(path)) return
  for (const name of (schema.required as readonly string[] | undefined) ?? []) {
    const value = present.get(name)?.value
    if (value !== undefined && !(value.type === 'scalar' && value.value === null)) continue
    const at = present.get(name)?.at ?? node.at
    context.report(at, join(path, name), 'error', 'Required', 'is required, and missing')
  }
}

function checkRef(
  ref: string,
  kind: string,
  node: MapNode,
  path: string,
  context: ShapeContext,
): void {
  const kinds = kind.split(' or ')
  const parsed = parseRef(ref, '', kinds[0]!)
  const any = kind === '*' && parsed !== undefined && parsed.kind !== kind
  if (any || (parsed !== undefined && kind !== '*' && fits(parsed.kind, kinds, context))) return
  const at = node.entries.find((entry) => entry.key === 'ref')?.value.at ?? node.at
  const message =
    parsed === undefined || kind === '*'
      ? `"${ref}" is not a reference: expected [namespace/]${kind === '*' ? 'Kind/' : '[Kind/]'}name`
      : `refers to a ${parsed.kind}, but takes a ${kind}`
  context.report(at, path, 'error', 'BadReference', message)
}

function fits(kind: string, wanted: readonly string[], context: ShapeContext): boolean {
  return wanted.includes(kind) || context.isComposite(kind)
}

/** Free-form data that stands for encoded text: only the references in it have a shape. */
function shapeDocument(
  node: TreeNode,
  kind: string | undefined,
  path: string,
  context: ShapeContext,
): unknown {
  context.positions[path] ??= context.place(node.at)
  if (node.type === 'scalar') return node.value
  if (node.type === 'list') {
    return node.items.map((item, i) => shapeDocument(item, kind, `${path}[${i}]`, context))
  }
  const ref = node.entries.find(({ key }) => key === 'ref')?.value
  if (kind !== undefined && ref !== undefined) {
    const schema = { ...reference, 'x-reference': kind } as JsonSchema
    return shapeMap(node, schema, path, context)
  }
  return Object.fromEntries(
    node.entries.map(({ key, value, at }) => {
      const inner = join(path, key)
      context.positions[inner] = context.place(at)
      return [key, shapeDocument(value, kind, inner, context)]
    }),
  )
}

const reference = {
  required: ['ref'],
  properties: { ref: { type: 'string' }, append: { type: 'string' } },
}

function plainValue(node: TreeNode): unknown {
  if (node.type === 'scalar') return node.value
  if (node.type === 'list') return node.items.map(plainValue)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]))
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** Shell text, where `${X}` and `<x>` are at home. */
function freeText(path: string): boolean {
  return /\.(command|entryPoint|userData)(\[|$)/.test(path)
}

/** Where people put values of their own naming, which may be secrets. */
function secretive(path: string): boolean {
  return /\.value$|\.(dockerLabels|options|labels|driverOpts)\./.test(path)
}

/** The application's own business, where a placeholder is likely but not certain to be a mistake. */
function looseText(path: string): boolean {
  return /\.(value|expression)$|\.(dockerLabels|options|labels|driverOpts|tags|annotations)[.[]/.test(
    path,
  )
}

function expectation(types: readonly string[]): string {
  const words: Record<string, string> = {
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    object: types.includes('string') ? 'a reference { ref: name }' : 'a map',
  }
  return types.map((type) => words[type] ?? type).join(' or ')
}
