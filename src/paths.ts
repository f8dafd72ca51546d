/** Plan notation: how a place inside a spec is written for people, `spec.containerDefinitions[web].image`. */

/**
 * What stands between the brackets for one item of a list: its `name` where that says which one is meant,
 * else its index.
 */
export function itemLabel(items: readonly unknown[], index: number): string {
  const name = nameOf(items[index])
  if (name === undefined) return String(index)
  const first = items.findIndex((item) => nameOf(item) === name)
  return first === index ? name : String(index)
}

/** The path of one list item: `spec.containerDefinitions` and its items to `spec.containerDefinitions[web]`. */
export function itemPath(path: string, items: readonly unknown[], index: number): string {
  return `${path}[${itemLabel(items, index)}]`
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, 'name')) return undefined
  const name = (item as { name: unknown }).name
  return typeof name === 'string' && name !== '' ? name : undefined
}
