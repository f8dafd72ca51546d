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

/** One step into a value: a member of an object, or what stands between brackets. */
export type PathStep = { readonly member: string } | { readonly label: string }

/** `containerDefinitions[web].image` in steps; undefined where that is no path. */
export function parsePath(path: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = []
  let rest = path
  while (rest !== '') {
    const match = /^(\.?)([A-Za-z_][\w-]*)|^\[("(?:[^"\\]|\\.)*"|[^\]"]+)\]/.exec(rest)
    if (!match || (match[2] !== undefined && (match[1] === '') !== (steps.length === 0)))
      return undefined
    const [all, , name, label] = match
    if (name !== undefined) steps.push({ member: name })
    else steps.push({ label: label!.startsWith('"') ? (JSON.parse(label!) as string) : label! })
    rest = rest.slice(all.length)
  }
  return steps.length > 0 ? steps : undefined
}

/** Paths with commas between them; a comma between brackets belongs to its path. */
export function splitPaths(list: string): readonly string[] {
  const parts = list.match(/(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]|[^,[])+/g) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
