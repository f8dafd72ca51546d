/**
 * A commit that changes many services goes out in waves, a roll-out budget at a time. When the first ones are rolled
 * back, or several fail for one reason, the rest is held. Pure.
 */
import type { ObjectKey } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import {
  type Gate,
  type Gated,
  type GateInput,
  isRollOut,
  isUrgent,
  rolls,
  type Standing,
} from './gate.ts'

/** With fewer, a failure says little about the others. */
const many = 4

const failures: readonly (string | undefined)[] = ['RolledBack', 'Stopped']

interface Wave {
  readonly members: readonly ObjectKey[]
  readonly failed: readonly (readonly [ObjectKey, Standing])[]
  readonly succeeded: number
}

export const waves: Gate = (input) => {
  const waiting = input.changes.filter(isRollOut)
  const held = new Map<ObjectKey, Gated>()
  const known = new Map<string, Gated | undefined>()
  for (const { key } of waiting) {
    const revision = input.asked.get(key)?.revision
    if (revision === undefined || isUrgent(input.manifests.get(key))) continue
    if (!known.has(revision)) known.set(revision, holds(waveOf(revision, input)))
    const gated = known.get(revision)
    if (gated) held.set(key, gated)
  }
  return held
}

function waveOf(revision: string, { asked, standings }: GateInput): Wave {
  const members = [...asked].flatMap(([key, { revision: of }]) =>
    of === revision && rolls(key) ? [key] : [],
  )
  const seen = members.flatMap((key) => {
    const standing = standings.get(key)
    return standing ? [[key, standing] as const] : []
  })
  return {
    members,
    failed: seen.filter(
      ([, { stalled, rollout }]) => stalled && failures.includes(rollout?.outcome),
    ),
    succeeded: seen.filter(
      // Not whether it is Ready at this moment: a wave that is held is not let go by that, nor the other way round.
      ([key, { stalled, rollout }]) =>
        !stalled &&
        rollout?.outcome === 'Succeeded' &&
        rollout.startedAtMs >= (asked.get(key)?.atMs ?? 0),
    ).length,
  }
}

function holds({ members, failed, succeeded }: Wave): Gated | undefined {
  if (members.length < many || failed.length === 0) return undefined
  const causes = failed.map(([, { report, rollout }]) => report?.cause ?? rollout?.reason ?? '')
  const [same] = causes.filter((cause, i) => causes.indexOf(cause) !== i)
  if (succeeded > 0 && same === undefined) return undefined
  const names = failed.slice(0, 3).map(([key]) => renderKey(key))
  const more = failed.length > 3 ? ` and ${failed.length - 3} more` : ''
  const because = failed[0]?.[1].report?.summary ?? failed[0]?.[1].rollout?.reason
  const why = `held, because ${names.join(', ')}${more} of the same commit failed${because ? ` (${because})` : ''}; it goes on when Git changes, or those are retried`
  return { code: 'WaveHeld', why, stalled: true }
}
