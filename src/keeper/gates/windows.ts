/** Maintenance windows: what touches running things begins in them alone; what has begun goes on. Pure. */
import { Cron } from 'croner'
import { parseDuration } from '../../durations.ts'
import type { Change, MaintenanceWindow } from '../../model.ts'
import { type Gate, isUrgent } from './gate.ts'

/** Creating touches nothing, nor does a tag; what goes on with something begun is no beginning. */
const touches = ({ verdict, effect, followUp }: Change) =>
  !followUp && effect !== 'none' && ['update', 'replace', 'delete'].includes(verdict)

export const windows: Gate = ({ changes, manifests, environment, now }) => {
  const opensMs = opening(environment.maintenanceWindows, now)
  if (opensMs <= now) return new Map()
  const opens = Number.isFinite(opensMs)
    ? `opens ${new Date(opensMs).toISOString()}`
    : 'never opens'
  const gated = {
    code: 'MaintenanceWindow',
    why: `the maintenance window ${opens}`,
    untilMs: opensMs,
  }
  const held = changes.filter((each) => touches(each) && !isUrgent(manifests.get(each.key)))
  return new Map(held.map(({ key }) => [key, gated]))
}

/** When the next window opens, or a time that is not after now where one is open, or there are none. */
export function opening(list: readonly MaintenanceWindow[] | undefined, now: number): number {
  if (!list || list.length === 0) return now
  return Math.min(
    ...list.map(({ schedule, duration, timeZone = 'UTC' }) => {
      const cron = new Cron(schedule, { paused: true, timezone: timeZone })
      // The first opening after which a window would still be open now.
      const next = cron.nextRun(new Date(now - parseDuration(duration)))
      return next ? next.getTime() : Number.POSITIVE_INFINITY
    }),
  )
}
