/** References `{ ref, append? }` inside specs: found, read, and replaced by the values that they stand for. Pure. */
import type { Kind, ReferenceField } from './kind.ts'
import type { Hole, Manifest, ObjectKey, Reference, ReferenceValue } from './model.ts'
import { itemLabels } from './paths.ts'

/** A hole whose value gets `append` behind it once it exists. */
export type AppendedHole = Hole & { readonly append?: string }

/** A reference's text taken apart. */
export interface ParsedRef {
  readonly namespace: string
  readonly kind: string
  readonly name: string
}

/**
 * Reads `[namespace/][Kind/]name`. Kinds begin with a capital letter and namespaces do not, so two parts are clear.
 * Undefined where the text has another shape.
 */
export function parseRef(ref: string, namespace: string, kind: string): ParsedRef | undefined {
  const parts = ref.split('/')
  if (parts.length > 3 || parts.some((part) => part === '')) return undefined
  const name = parts.pop()!
  if (parts.length === 2) return { namespace: parts[0]!, kind: parts[1]!, name }
  if (parts.length === 0) return { namespace, kind, name }
  return /^[A-Z]/.test(parts[0]!)
    ? { namespace, kind: parts[0]!, name }
    : { namespace: parts[0]!, kind, name }
}

/** `namespace/Kind/name`. */
export function objectKey({ namespace, kind, name }: ParsedRef): ObjectKey {
  return `${namespace}/${kind}/${name}`
}

export function isReference(value: unknown): value is ReferenceValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'ref') &&
    typeof (value as ReferenceValue).ref === 'string'
  )
}

/** A reference that means the same in any namespace; other values stay. */
export function absolute(value: unknown, namespace: string, kind: string): unknown {
  const parsed = isReference(value) && parseRef(value.ref, namespace, kind)
  return parsed ? { ...(value as ReferenceValue), ref: objectKey(parsed) } : value
}

/** Every reference in a manifest's spec, in the order of the kind's table; unreadable ones are left out. */
export function findReferences(
  manifest: Pick<Manifest, 'spec' | 'namespace'>,
  kind: Pick<Kind, 'references'>,
): Reference[] {
  const found: Reference[] = []
  for (const [field, target] of Object.entries(kind.references)) {
    replaceAt(manifest.spec, field.split('.'), 'spec', (value, path) => {
      const reference = referenceAt(value, path, target, manifest.namespace)
      if (reference !== undefined) found.push(reference)
      return value
    })
  }
  return found
}

/** What a manifest names by its name, ARN or id, where a reference could stand. */
export function literalsIn(
  manifest: Pick<Manifest, 'spec'>,
  kind: Pick<Kind, 'references'>,
): { readonly kind: string; readonly path: string; readonly value: string }[] {
  const found: { kind: string; path: string; value: string }[] = []
  for (const [field, target] of Object.entries(kind.references)) {
    replaceAt(manifest.spec, field.split('.'), 'spec', (value, path) => {
      if (typeof value === 'string') found.push({ kind: target.kind, path, value })
      return value
    })
  }
  return found
}

/**
 * The spec with those literals replaced by references that `refOf` knows a manifest for: what a reference would resolve
 * to there. Numbers of versions say nothing of whose they are, and stay.
 */
export function withReferences<Spec>(
  spec: Spec,
  references: Kind['references'],
  refOf: (kind: string, value: string) => string | undefined,
): Spec {
  let result: unknown = spec
  for (const [field, { kind, attribute }] of Object.entries(references)) {
    if (field.endsWith('**') || attribute === 'version') continue
    result = replaceAt(result, field.split('.'), 'spec', (value) => {
      const ref = typeof value === 'string' ? refOf(kind, value) : undefined
      return ref === undefined ? value : { ref }
    })
  }
  return result as Spec
}

/**
 * The spec with every reference replaced by what `resolve` gives for it. `append` goes behind a string; behind a Hole
 * it is kept beside it (see AppendedHole). Untouched parts are shared with the input, which is never changed.
 */
export function substitute<Spec>(
  spec: Spec,
  kind: Pick<Kind, 'references'>,
  namespace: string,
  resolve: (reference: Reference) => unknown,
): Spec {
  let result: unknown = spec
  for (const [field, target] of Object.entries(kind.references)) {
    result = replaceAt(result, field.split('.'), 'spec', (value, path) => {
      const reference = referenceAt(value, path, target, namespace)
      if (reference === undefined) return value
      return appended(resolve(reference), (value as ReferenceValue).append)
    })
  }
  return result as Spec
}

function referenceAt(
  value: unknown,
  path: string,
  target: ReferenceField,
  namespace: string,
): Reference | undefined {
  if (!isReference(value)) return undefined
  const parsed = parseRef(value.ref, namespace, target.kind)
  if (parsed === undefined) return undefined
  const to = objectKey(parsed)
  const { attribute } = target
  if (target.late) return { path, to, attribute, orders: false, late: true }
  return { path, to, attribute, orders: target.orders ?? true }
}

function appended(value: unknown, append: string | undefined): unknown {
  if (append === undefined) return value
  if (typeof value === 'string') return value + append
  if (typeof value === 'object' && value !== null && '$hole' in value) return { ...value, append }
  return value
}

/** Stands for several items where a list had one. */
class Spliced {
  readonly items: readonly unknown[]
  constructor(items: readonly unknown[]) {
    this.items = items
  }
}

/**
 * The spec with every reference to a composite replaced by references to its children of the kind wanted, as `children`
 * names them; several of them where the field is a list. `children` answers undefined for what is no composite.
 */
export function expandReferences<Spec>(
  spec: Spec,
  references: Kind['references'],
  namespace: string,
  children: (
    to: ParsedRef,
    target: ReferenceField,
    path: string,
  ) => readonly ReferenceValue[] | undefined,
): Spec {
  let result: unknown = spec
  for (const [field, target] of Object.entries(references)) {
    result = replaceAt(result, field.split('.'), 'spec', (value, path) => {
      if (!isReference(value)) return value
      const parsed = parseRef(value.ref, namespace, target.kind)
      const found = parsed && children(parsed, target, path)
      if (!found) return value
      const named = found.map(({ ref }) => ({ ...value, ref }))
      return field.endsWith('[]') ? new Spliced(named) : (named[0] ?? value)
    })
  }
  return result as Spec
}

/**
 * Applies `change` to each value at a field path (`loadBalancers[].targetGroupArn`); copies only what changes. A path
 * that ends in `**` means every reference at any depth below.
 */
function replaceAt(
  value: unknown,
  steps: readonly string[],
  path: string,
  change: (value: unknown, path: string) => unknown,
): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return change(value, path)
  if (typeof value !== 'object' || value === null) return value
  if (step === '**') return replaceBelow(value, path, change)
  const listed = step.endsWith('[]')
  const name = listed ? step.slice(0, -2) : step
  if (!Object.hasOwn(value, name)) return value
  const before = (value as Record<string, unknown>)[name]
  const after = listed
    ? replaceItems(before, rest, `${path}.${name}`, change)
    : replaceAt(before, rest, `${path}.${name}`, change)
  return after === before ? value : { ...value, [name]: after }
}

function replaceItems(
  items: unknown,
  rest: readonly string[],
  path: string,
  change: (value: unknown, path: string) => unknown,
): unknown {
  if (!Array.isArray(items)) return items
  const labels = itemLabels(items)
  const after = items
    .map((item, i) => replaceAt(item, rest, `${path}[${labels[i]}]`, change))
    .flatMap((item) => (item instanceof Spliced ? item.items : [item]))
  return after.length !== items.length || after.some((item, i) => item !== items[i]) ? after : items
}

function replaceBelow(
  value: unknown,
  path: string,
  change: (value: unknown, path: string) => unknown,
): unknown {
  if (isReference(value)) return change(value, path)
  if (Array.isArray(value)) {
    const after = value.map((item, i) => replaceBelow(item, `${path}[${i}]`, change))
    return after.some((item, i) => item !== value[i]) ? after : value
  }
  if (typeof value !== 'object' || value === null || '$hole' in value) return value
  const before = Object.entries(value)
  const after = before.map(([name, item]) => replaceBelow(item, `${path}.${name}`, change))
  if (after.every((item, i) => item === before[i]![1])) return value
  return Object.fromEntries(before.map(([name], i) => [name, after[i]]))
}
