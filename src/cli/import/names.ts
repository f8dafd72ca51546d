/** What imported resources are called in manifests: as in AWS, as far as a manifest's name can be so. Pure. */

/** The nearest name that a manifest may have. */
export function nameFrom(awsName: string): string {
  const name = awsName.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '')
  return name.slice(0, 200) || 'unnamed'
}

/**
 * A name for each item of one kind: the first of its candidates that no other item has too. Items that share one all
 * take their next, so that names do not hang on the order; what is still the same at the end is numbered. `fixed` is
 * a name that the item has already.
 */
export function namesFor<T>(
  items: readonly T[],
  candidatesOf: (item: T) => readonly string[],
  fixed: (item: T) => string | undefined = () => undefined,
): Map<T, string> {
  const names = new Map<T, string>()
  const taken = new Set<string>()
  for (const item of items) {
    const name = fixed(item)
    if (name === undefined || taken.has(name)) continue
    names.set(item, name)
    taken.add(name)
  }
  let open = items.filter((item) => !names.has(item))
  for (let level = 0; open.length > 0; level++) {
    const at = (item: T) => {
      const candidates = candidatesOf(item)
      return candidates[Math.min(level, candidates.length - 1)]!
    }
    const last = open.every((item) => level >= candidatesOf(item).length - 1)
    const wanted = new Map<string, T[]>()
    for (const item of open) wanted.set(at(item), [...(wanted.get(at(item)) ?? []), item])
    for (const [name, rivals] of wanted) {
      if (!last && (rivals.length > 1 || taken.has(name))) continue
      for (const item of rivals) {
        let unique = name
        for (let n = 2; taken.has(unique); n++) unique = `${name}-${n}`
        names.set(item, unique)
        taken.add(unique)
      }
    }
    open = open.filter((item) => !names.has(item))
  }
  return names
}
