/** Deep copies of plain data, so that no caller holds on to the simulator's state. */

/** A copy without undefined members; Dates are shared, since nobody changes them. */
export function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(copyOf) as Value
  const copied: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) copied[key] = copyOf(member)
  }
  return copied as Value
}
