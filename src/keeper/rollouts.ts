/**
 * Follows each resource's roll-outs to their end, and says of each once how it ended: Succeeded, RolledBack, Stopped or
 * Superseded. What ended before this process first looked is no news.
 */
import { conditionOf, isStalled } from '../conditions.ts'
import { renderDuration } from '../durations.ts'
import type { Tell } from '../journal.ts'
import type { Metrics } from '../metrics.ts'
import type { ObjectKey, Rollout, RolloutOutcome, Status } from '../model.ts'
import { renderKey, shortRevision } from '../render-value.ts'

interface Tracked {
  readonly rollout: Rollout
  /** Of Git, when it was first seen. */
  readonly revision: string
  /** Somebody else began it: Git has no part in it. */
  readonly foreign: boolean
  readonly told: boolean
}

/** AWS's own id, not the one that stands in where it says no more. */
const isProper = ({ id }: Rollout) => id.includes(':service-deployment/')

export function createRollouts(metrics: Metrics, event: Tell, now: () => number) {
  const tracked = new Map<ObjectKey, Tracked>()
  /** Of Git, when a write of ours began a roll-out that has not been seen yet. */
  const begun = new Map<ObjectKey, string>()

  /** Who overtook the last one: a commit, unless it was somebody by hand. */
  const overtaker = (last: Tracked, next: Rollout, began: string | undefined): string => {
    if (began === undefined) return `one of ${next.target} that somebody else began`
    return began === last.revision && !last.foreign
      ? 'another of the same commit'
      : shortRevision(began)
  }

  const tell = (
    key: ObjectKey,
    { rollout, revision, foreign }: Tracked,
    by: string,
    { quiet = false, why = '' } = {},
  ) => {
    const { outcome, startedAtMs, endedAtMs = now(), target, reason } = rollout
    metrics.rollouts.inc({ result: outcome })
    if (quiet) return
    const what = `${renderKey(key)}: the roll-out${target ? ` of ${target}` : ''} (${foreign ? 'begun by somebody else' : shortRevision(revision)})`
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
    /** A write of ours, planned while Git was at `revision`, began one. */
    began(key: ObjectKey, revision: string): void {
      begun.set(key, revision)
    },
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
          const by = overtaker(last, rollout, begun.get(key))
          tell(key, { ...last, rollout: { ...end, target, outcome } }, by)
        }
      }
      const same = last?.rollout.id === rollout.id
      const ended = rollout.outcome !== 'InProgress'
      const known = last !== undefined && (same || isProper(last.rollout) || isProper(rollout))
      const first = same ? last.revision : (begun.get(key) ?? revision)
      const told = same ? last.told : !known && ended
      const foreign = same ? last.foreign : last !== undefined && !begun.has(key)
      const next = { rollout, revision: first, foreign, told: told || ended }
      tracked.set(key, next)
      if (!same) begun.delete(key)
      if (rollout.paused && last?.rollout.paused?.hookId !== rollout.paused.hookId) {
        const message = conditionOf(status, 'Ready')?.message ?? ''
        event('Warning', 'Paused', `${renderKey(key)}: ${message}`, { key, revision: first })
      }
      // That it is stalled, and why, is an event already.
      const why = status.report?.summary ?? ''
      if (ended && !told) tell(key, next, '', { quiet: isStalled(status), why })
    },
    forget(key: ObjectKey): void {
      tracked.delete(key)
      begun.delete(key)
    },
  }
}
