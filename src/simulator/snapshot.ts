/** A simulator's state as JSON and back: Maps, Sets, Dates, gaps in lists, and objects that are held in several places. */

const format = 'fairlead-simulator'
const version = 1

/** Reserved keys; a plain object that has a key with a dollar sign in front is written as `$object` entries. */
type Tagged =
  | { $map: [unknown, unknown][] }
  | { $set: unknown[] }
  | { $date: number }
  | { $undefined: true }
  | { $object: [string, unknown][] }
  | { $id: number; $value: unknown }
  | { $ref: number }

/** The text of plain cloneable data. Objects that occur several times stay one object when the text is read. */
export function writeSnapshot(state: unknown): string {
  return `${JSON.stringify({ format, version, state: encode(state) })}\n`
}

/** What `writeSnapshot` was given. Throws an Error that says what is wrong with the text. */
export function readSnapshot(text: string): unknown {
  let file: { format?: unknown; version?: unknown; state?: unknown }
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw new Error(`the snapshot is not JSON: ${(error as Error).message}`)
  }
  if (file?.format !== format) throw new Error('the file is no snapshot of the simulator')
  if (file.version !== version) {
    throw new Error(`the snapshot has version ${file.version}; this program reads ${version}`)
  }
  return decode(file.state)
}

function encode(state: unknown): unknown {
  const shared = sharedObjects(state)
  const ids = new Map<object, number>()
  const visit = (value: unknown): unknown => {
    if (value === undefined) return { $undefined: true } satisfies Tagged
    if (typeof value !== 'object' || value === null) return value
    if (!shared.has(value)) return content(value)
    const known = ids.get(value)
    if (known !== undefined) return { $ref: known } satisfies Tagged
    const $id = ids.size + 1
    ids.set(value, $id)
    return { $id, $value: content(value) } satisfies Tagged
  }
  const content = (value: object): unknown => {
    if (Array.isArray(value)) return Array.from(value, visit)
    if (value instanceof Date) return { $date: value.getTime() } satisfies Tagged
    if (value instanceof Set) return { $set: [...value].map(visit) } satisfies Tagged
    if (value instanceof Map) {
      return {
        $map: [...value].map(([key, item]): [unknown, unknown] => [visit(key), visit(item)]),
      } satisfies Tagged
    }
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]): [string, unknown] => [key, visit(item)])
    return entries.some(([key]) => key.startsWith('$'))
      ? ({ $object: entries } satisfies Tagged)
      : Object.fromEntries(entries)
  }
  return visit(state)
}

/** The objects that are reached by more than one way. */
function sharedObjects(state: unknown): ReadonlySet<object> {
  const seen = new Set<object>()
  const shared = new Set<object>()
  const pending: unknown[] = [state]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value !== 'object' || value === null) continue
    if (seen.has(value)) {
      shared.add(value)
      continue
    }
    seen.add(value)
    if (value instanceof Map) for (const entry of value) pending.push(...entry)
    else if (value instanceof Set) for (const item of value) pending.push(item)
    else for (const item of Object.values(value)) pending.push(item)
  }
  return shared
}

function decode(root: unknown): unknown {
  const objects = new Map<number, unknown>()
  // An object is known by its id before its members are read, so that it may contain itself.
  const visit = (value: unknown, id?: number): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const known = <T>(object: T): T => {
      if (id !== undefined) objects.set(id, object)
      return object
    }
    if (Array.isArray(value)) {
      const list = known<unknown[]>([])
      for (const item of value) list.push(visit(item))
      return list
    }
    const tagged = value as Tagged
    if ('$ref' in tagged) return objects.get(tagged.$ref)
    if ('$id' in tagged) return visit(tagged.$value, tagged.$id)
    if ('$date' in tagged) return known(new Date(tagged.$date))
    if ('$undefined' in tagged) return undefined
    if ('$set' in tagged) {
      const set = known(new Set<unknown>())
      for (const item of tagged.$set) set.add(visit(item))
      return set
    }
    if ('$map' in tagged) {
      const map = known(new Map<unknown, unknown>())
      for (const [key, item] of tagged.$map) map.set(visit(key), visit(item))
      return map
    }
    const object = known<Record<string, unknown>>({})
    const entries = '$object' in tagged ? tagged.$object : Object.entries(value)
    for (const [key, item] of entries) {
      // Not by assignment: a user's key may be `__proto__`.
      Object.defineProperty(object, key, {
        value: visit(item),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return object
  }
  return visit(root)
}
