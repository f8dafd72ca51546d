/** All gates, the first that holds a change first. */
import type { ObjectKey } from '../../model.ts'
import { budget } from './budget.ts'
import { fights } from './fights.ts'
import type { Gated, GateInput } from './gate.ts'
import { groups } from './groups.ts'
import { waves } from './waves.ts'
import { windows } from './windows.ts'

const gates = [fights, groups, windows, waves, budget]

/** Why changes do not begin yet, by key. What one gate holds takes no place in the next. */
export function gated(input: GateInput): ReadonlyMap<ObjectKey, Gated> {
  const held = new Map<ObjectKey, Gated>()
  for (const gate of gates) {
    const changes = input.changes.filter(({ key }) => !held.has(key))
    for (const [key, reason] of gate({ ...input, changes })) held.set(key, reason)
  }
  return held
}
