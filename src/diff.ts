/**
 * Compares what Git says with what AWS says by a table of fields. Pure. Three steps: what Git leaves alone is taken
 * from live (`overlay`), both sides are brought to one canonical form (`canonicalise`), then compared (`compare`).
 */
import type { JsonSchema } from './kind.ts'
import type { FieldChange, Hole } from './model.ts'
import { conceal } from './secrecy.ts'

type Members = Record<string, unknown>

/** Where a value stands: the object that holds it, and the whole spec. Both as they are at hand, canonical or not. */
export interface Place {
  readonly parent: Members
  readonly root: Members
}

/** What is known of one field. The default reading is: a value, compared whole, that a deploy-free update may set. */
export interface Field {
  /** The members of the object, or of each item of the list. */
  readonly fields?: Fields
  /** `set`: order means nothing. Lists without this and without `key` are ordered, and compared whole. */
  readonly list?: 'set'
  /** The list is compared item by item under this label; order means nothing. */
  readonly key?: (item: Members) => string
  /** A keyed list that is a map in disguise: the member that is the value. */
  readonly value?: string
  /** A map of the user's own keys. */
  readonly map?: true
  /** What AWS takes when the field is left out; a value equal to it is dropped from the canonical form. */
  readonly default?: unknown
  /** The same where it depends on other fields. */
  readonly defaultFor?: (place: Place) => unknown
  /** Rewrites equivalent spellings to one. */
  readonly normalise?: (value: unknown) => unknown
  /** Spellings that cannot be told apart from here (a namespace's name and its ARN). */
  readonly alike?: (want: unknown, live: unknown) => boolean
  /** AWS fills it in by its own lights: left out in Git, it is never compared. */
  readonly computed?: true
  /** Git's value counts as it stands: no member of it is taken from live. */
  readonly whole?: true
  /** Members that Git leaves out are left alone, unless they are `resets`. */
  readonly merge?: true
  /** Leaving it out in Git puts AWS's default back. */
  readonly resets?: true
  /** A change starts a deployment. */
  readonly deploys?: true
  /** It cannot be changed after creation. The text says why. */
  readonly createOnly?: string
}

export type Fields = Readonly<Record<string, Field>>

export function isHole(value: unknown): value is Hole {
  return isObject(value) && isObject(value.$hole)
}

/** Every hole inside a value, in order of appearance. */
export function holesIn(value: unknown): Hole['$hole'][] {
  if (isHole(value)) return [value.$hole]
  if (Array.isArray(value)) return value.flatMap(holesIn)
  return isObject(value) ? Object.values(value).flatMap(holesIn) : []
}

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON with sorted keys: equal text means equal value. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(byFirst)) : inner,
  )
}

const byFirst = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

export const same = (a: unknown, b: unknown): boolean => a === b || stableJson(a) === stableJson(b)

// ------------------------------------------------------------------ canonical form

/** The one form in which equal specs are equal: defaults, empty lists and nulls dropped, sets sorted. Idempotent. */
export function canonicalise(spec: Members, fields: Fields): Members {
  return canonicalMembers(spec, fields, spec)
}

function canonicalMembers(value: Members, fields: Fields, root: Members): Members {
  const result: Members = {}
  for (const [name, member] of Object.entries(value).sort(byFirst)) {
    const canonical = canonicalValue(member, fields[name] ?? {}, { parent: value, root })
    if (canonical !== undefined) result[name] = canonical
  }
  return result
}

function canonicalValue(value: unknown, field: Field, place: Place): unknown {
  if (value === undefined || value === null) return undefined
  if (isHole(value)) return value
  const shaped = shape(field.normalise ? field.normalise(value) : value, field, place)
  const usual = defaultOf(field, place)
  if (shaped === undefined || usual === undefined) return shaped
  return same(shaped, shape(usual, field, place)) ? undefined : shaped
}

function shape(value: unknown, field: Field, place: Place): unknown {
  if (Array.isArray(value)) return canonicalList(value, field, place)
  if (!isObject(value)) return value
  const members = canonicalMembers(value, field.fields ?? {}, place.root)
  return Object.keys(members).length === 0 ? undefined : members
}

function canonicalList(list: readonly unknown[], field: Field, place: Place): unknown {
  const items = list.flatMap((item) => {
    if (item === null || item === undefined) return []
    if (!isObject(item) || isHole(item)) return [item]
    return [canonicalMembers(item, field.fields ?? {}, place.root)]
  })
  if (items.length === 0) return undefined
  if (field.key) {
    // Equal keys stay side by side: which of them counts is AWS's business, and their order is not kept.
    const key = field.key
    return sorted(items as Members[], (item) => `${key(item)}\u0000${stableJson(item)}`)
  }
  return field.list === 'set' ? sorted([...new Set(items)], stableJson) : items
}

function sorted<T>(items: readonly T[], by: (item: T) => string): T[] {
  return items
    .map((item) => [by(item), item] as [string, T])
    .sort(byFirst)
    .map(([, item]) => item)
}

/**
 * The spec as a person would write it: in the order that it has, without what is AWS's default or empty, but for what
 * the schema requires. Other than the canonical form it keeps each value's spelling.
 */
export function withoutDefaults(
  spec: Members,
  fields: Fields,
  schema: JsonSchema | undefined,
  root: Members = spec,
): Members {
  const required = (schema?.required ?? []) as readonly string[]
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const result: Members = {}
  for (const [name, value] of Object.entries(spec)) {
    if (value === undefined || value === null) continue
    const field = Object.hasOwn(fields, name) ? fields[name]! : {}
    const needed = required.includes(name)
    if (!needed && canonicalValue(value, field, { parent: spec, root }) === undefined) continue
    const { fields: inner } = field
    const within = properties[name]
    const short = (item: unknown, its: unknown) =>
      isObject(item) && inner ? withoutDefaults(item, inner, its as JsonSchema, root) : item
    if (!Array.isArray(value)) {
      result[name] = short(value, within)
      continue
    }
    const items = value.map((item) => short(item, within?.items))
    // AWS keeps no order of a map in disguise.
    const { key } = field
    result[name] = key && field.value ? sorted(items as Members[], key) : items
  }
  return result
}

/** AWS's default for a field at a place; undefined where there is none. */
export function defaultOf(field: Field, place: Place): unknown {
  return field.defaultFor ? field.defaultFor(place) : field.default
}

// ------------------------------------------------------------------ what Git leaves out

/** What became of the fields that Git leaves out and whose live value is not AWS's default. */
export interface LeftOut {
  /** Left as they are: path and live value, secrets concealed. */
  readonly alone: [path: string, value: unknown][]
  /** Put back to the default. */
  readonly reset: Set<string>
  /** Nothing is put back, whatever the table says: the resource is being adopted. */
  readonly keepAll?: boolean
}

/**
 * The whole state that Git asks for: its own fields, and live's wherever Git leaves a field to others
 * (`merge` without `resets`, `computed`, and members that this table does not know).
 */
export function overlay(
  want: Members,
  live: Members,
  field: Pick<Field, 'fields' | 'merge'>,
  leftOut: LeftOut = { alone: [], reset: new Set() },
  path = '',
  root: Members = want,
): Members {
  const fields = field.fields ?? {}
  const result: Members = {}
  for (const name of new Set([...Object.keys(live), ...Object.keys(want)])) {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined
    const inner = path === '' ? name : `${path}.${name}`
    const ours = want[name]
    if (ours !== undefined && ours !== null) {
      result[name] = known ? overlayMember(ours, live[name], known, leftOut, inner, root) : ours
      continue
    }
    if (known?.merge && isObject(live[name])) {
      result[name] = overlay({}, live[name], known, leftOut, inner, root)
      continue
    }
    const resets = known?.resets && !leftOut.keepAll
    const leave = !known || known.computed || (field.merge && !resets)
    if (leave) result[name] = live[name]
    if (!known || known.computed) continue
    const unusual = canonicalValue(live[name], known, { parent: live, root })
    if (unusual === undefined) continue
    if (leave) leftOut.alone.push([inner, conceal(inner, live[name])])
    else if (resets) leftOut.reset.add(inner)
  }
  return result
}

function overlayMember(
  want: unknown,
  live: unknown,
  field: Field,
  leftOut: LeftOut,
  path: string,
  root: Members,
): unknown {
  if (isHole(want)) return want
  if (live !== undefined && field.alike?.(want, live)) return live
  if (field.whole) return want
  if (isObject(want) && field.fields) {
    return overlay(want, isObject(live) ? live : {}, field, leftOut, path, root)
  }
  if (!Array.isArray(want) || !Array.isArray(live) || !field.key || !field.fields) return want
  const key = field.key
  const there = new Map(live.map((item: Members) => [key(item), item]))
  return want.map((item: unknown) => {
    if (!isObject(item) || isHole(item)) return item
    const twin = there.get(key(item)) ?? {}
    return overlay(item, twin, field, leftOut, `${path}[${key(item)}]`, root)
  })
}

// ------------------------------------------------------------------ comparison

/** The differences of two canonical forms, as changes from live to want; secrets are concealed. */
export function compare(want: Members, live: Members, fields: Fields): FieldChange[] {
  return compareMembers(want, live, { fields }, '', { want, live })
}

interface Sides<T> {
  readonly want: T
  readonly live: T
}

function compareMembers(
  want: Members,
  live: Members,
  field: Field,
  path: string,
  roots: Sides<Members>,
): FieldChange[] {
  const names = sorted([...new Set([...Object.keys(want), ...Object.keys(live)])], String)
  return names.flatMap((name) => {
    if (same(want[name], live[name])) return []
    const known: Field = field.fields?.[name] ?? (field.map ? {} : { map: true })
    const inner = path === '' ? name : member(path, name)
    return compareValue(want[name], live[name], known, inner, roots, {
      want: defaultOf(known, { parent: want, root: roots.want }),
      live: defaultOf(known, { parent: live, root: roots.live }),
    })
  })
}

/** `usual`: what AWS takes on each side where the value is left out, so that a change shows both ends. */
function compareValue(
  want: unknown,
  live: unknown,
  field: Field,
  path: string,
  roots: Sides<Members>,
  usual: Sides<unknown>,
): FieldChange[] {
  const [ours, theirs] = [want ?? {}, live ?? {}]
  if (isObject(ours) && isObject(theirs) && !isHole(ours) && (field.fields || field.map)) {
    return compareMembers(ours, theirs, field, path, roots)
  }
  if (field.key && listOfObjects(want) && listOfObjects(live)) {
    return compareKeyed(want ?? [], live ?? [], field, path, roots)
  }
  return [change(path, live ?? usual.live, want ?? usual.want)]
}

function listOfObjects(value: unknown): value is Members[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every((item) => isObject(item)))
}

function compareKeyed(
  want: Members[],
  live: Members[],
  field: Field,
  path: string,
  roots: Sides<Members>,
): FieldChange[] {
  const ours = labelled(want, field)
  const theirs = labelled(live, field)
  const labels = sorted([...new Set([...ours.keys(), ...theirs.keys()])], String)
  return labels.flatMap((label) => {
    const [a, b] = [ours.get(label), theirs.get(label)]
    if (same(a, b)) return []
    const inner = `${path}[${label}]`
    if (field.value) return [change(inner, b?.[field.value], a?.[field.value])]
    return a && b ? compareMembers(a, b, field, inner, roots) : [change(inner, b, a)]
  })
}

/** Items by label; equal labels are numbered, so that none hides another. */
function labelled(items: Members[], field: Field): Map<string, Members> {
  const result = new Map<string, Members>()
  for (const item of items) {
    const label = field.key!(item)
    let unique = label
    for (let n = 2; result.has(unique); n++) unique = `${label}#${n}`
    result.set(unique, item)
  }
  return result
}

const member = (path: string, name: string) =>
  /^[\w-]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`

function change(path: string, from: unknown, to: unknown): FieldChange {
  return {
    path,
    ...(from === undefined ? {} : { from: conceal(path, from) }),
    ...(to === undefined ? {} : { to: conceal(path, to) }),
  }
}
