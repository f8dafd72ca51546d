/** Plan notation: how a place inside a spec is written for people, `spec.containerDefinitions[web].image`. */

/**
 * What stands between the brackets for each item of a list: its `name` where that says which one is meant,
 * else its index.
 */
export function itemLabels(items: readonly unknown[]): string[] {
  const seen = new Set<string>()
  return items.map((item, index) => {
    const name = nameOf(item)
    if (name === undefined || seen.has(name)) return String(index)
    seen.add(name)
    return name
  })
}

/** The place that holds this one: of `a.b[c]` it is `a.b`, then `a`. Undefined at the root. */
export function parentPath(path: string): string | undefined {
  const cut = path.endsWith(']') ? path.lastIndexOf('[') : path.lastIndexOf('.')
  return cut > 0 ? path.slice(0, cut) : undefined
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, 'name')) return undefined
  const name = (item as { name: unknown }).name
  return typeof name === 'string' && name !== '' ? name : undefined
}
