/** What `apply` and `delete` wait for, in one line. Pure. */
import { conditionOf, isReady } from '../conditions.ts'
import type { View } from '../controller.ts'
import { renderDuration } from '../durations.ts'
import type { Manifest } from '../model.ts'
import { renderKey } from '../render-value.ts'

/** The names of the first, and why the first waits; undefined: for nothing. */
export function waitingLine(
  { manifests, statuses }: Pick<View, 'manifests' | 'statuses'>,
  elapsedMs: number,
): string | undefined {
  const waiting = manifests.filter(({ key }) => !isReady(statuses.get(key)))
  // What waits for another says less than that other.
  const follows = ({ key }: Manifest) =>
    conditionOf(statuses.get(key), 'Ready')?.reason === 'DependencyNotReady'
  const all = [...waiting.filter((one) => !follows(one)), ...waiting.filter(follows)]
  const [first] = all
  if (!first) return undefined
  const names = all.slice(0, 3).map(({ key }) => renderKey(key))
  const more = all.length > 3 ? ` and ${all.length - 3} more` : ''
  const why = conditionOf(statuses.get(first.key), 'Ready')?.message
  const reason = why ? `; ${names[0]}: ${why}` : ''
  return `${renderDuration(elapsedMs)}, waiting for ${names.join(', ')}${more}${reason}`
}
