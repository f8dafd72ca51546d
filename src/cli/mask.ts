/** Plain values under names such as PASSWORD or TOKEN are never shown, whoever put them there. */

const secretName = /(passw|secret|token|api_?key|private_?key|credential|^key$|_key$)/i

/** A copy in which `{ name, value }` pairs with a telling name have lost their value. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (value === null || typeof value !== 'object') return value
  const pair = value as { name?: unknown; value?: unknown }
  const hidden = typeof pair.name === 'string' && secretName.test(pair.name) && 'value' in pair
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      hidden && name === 'value' ? '(hidden)' : masked(item),
    ]),
  )
}
