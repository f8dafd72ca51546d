/**
 * Follows each resource's roll-outs to their end, and says of each once how it ended: Succeeded, RolledBack, Stopped or
 * Superseded. What ended before this process first looked is no news.
 */
import { isStalled } from '../conditions.ts'
import { renderDuration } from '../durations.ts'
import type { Tell } from '../journal.ts'
import type { Metrics } from '../metrics.ts'
import type { ObjectKey, Rollout, RolloutOutcome, Status } from '../model.ts'
import { renderKey, shortRevision } from '../render-value.ts'

interface Tracked {
  readonly rollout: Rollout
  /** Of Git, when it was first seen. */
  readonly revision: string
  readonly told: boolean
}

/** AWS's own id, not the one that stands in where it says no more. */
const isProper = ({ id }: Rollout) => id.includes(':service-deployment/')

export function createRollouts(metrics: Metrics, event: Tell, now: () => number) {
  const tracked = new Map<ObjectKey, Tracked>()

  const tell = (
    key: ObjectKey,
    { rollout, revision }: Tracked,
    by: string,
    { quiet = false, why = '' } = {},
  ) => {
    const { outcome, startedAtMs, endedAtMs = now(), target, reason } = rollout
    metrics.rollouts.inc({ result: outcome })
    if (quiet) return
    const what = `${renderKey(key)}: the roll-out${target ? ` of ${target}` : ''} (${shortRevision(revision)})`
    const took = startedAtMs > 0 ? ` after ${renderDuration(endedAtMs - startedAtMs)}` : ''
    const because = [reason, why].flatMap((text) => (text ? `: ${text}` : [])).join('')
    const words: Record<RolloutOutcome, string> = {
      InProgress: '',
      Succeeded: `${what} succeeded${took}`,
      RolledBack: `${what} is rolled back${took}${because}`,
      Stopped: `${what} was stopped${took}${because}`,
      Superseded: `${what} was superseded by ${by}${took}`,
    }
    const well = outcome === 'Succeeded' || outcome === 'Superseded'
    event(well ? 'Normal' : 'Warning', outcome, words[outcome], { key, revision })
  }

  return {
    /** Notes what a pass saw of a resource while Git was at `revision`. */
    seen(status: Status, revision: string): void {
      const { key, rollout } = status
      if (!rollout?.id) return
      const last = tracked.get(key)
      // AWS's reads lag: one that began earlier than what was seen already is no news.
      if (last && isProper(rollout) && rollout.startedAtMs < last.rollout.startedAtMs) return
      if (last && last.rollout.id !== rollout.id && isProper(last.rollout) === isProper(rollout)) {
        if (!last.told) {
          const end = rollout.before?.id === last.rollout.id ? rollout.before : last.rollout
          const outcome = end.outcome === 'InProgress' ? 'Superseded' : end.outcome
          const target = last.rollout.target
          tell(key, { ...last, rollout: { ...end, target, outcome } }, shortRevision(revision))
        }
      }
      const same = last?.rollout.id === rollout.id
      const ended = rollout.outcome !== 'InProgress'
      const known = last !== undefined && (same || isProper(last.rollout) || isProper(rollout))
      const first = same ? last.revision : revision
      const told = same ? last.told : !known && ended
      const next = { rollout, revision: first, told: told || ended }
      tracked.set(key, next)
      // That it is stalled, and why, is an event already.
      const why = status.report?.summary ?? ''
      if (ended && !told) tell(key, next, '', { quiet: isStalled(status), why })
    },
    forget(key: ObjectKey): void {
      tracked.delete(key)
    },
  }
}
