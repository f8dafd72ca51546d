/** Which changes of a plan are not sent now, since their own calls or those that go first are held back. Pure. */
import type { Change, ObjectKey } from '../model.ts'

export interface HeldReason {
  readonly why: string
  /** Time until AWS shows the last write, and nothing more. */
  readonly settling: boolean
  /** Another resource's calls go first and are held back: which, and why. */
  readonly waitsFor?: string
  /** A policy holds it: which. */
  readonly code?: string
  /** Only a person, or Git, can let it go on. */
  readonly stalled?: true
}

export interface Held {
  readonly reasons: ReadonlyMap<ObjectKey, HeldReason>
  /** Ids of calls that are not sent, late calls of changes that are sent otherwise among them. */
  readonly ids: ReadonlyMap<string, ObjectKey>
}

/** As a status says it. */
export const inStatus = (reason: HeldReason | undefined) => ({
  ...(reason ? { held: reason.why } : {}),
  ...(reason?.waitsFor ? { waitsFor: reason.waitsFor } : {}),
  ...(reason?.code ? { heldBy: reason.code } : {}),
  ...(reason?.stalled ? { heldForGood: reason.stalled } : {}),
})

/**
 * `own`: why a change is held back for its own sake. What waits for held calls is held too; a late call only by
 * itself, since what it waits for may wait for the rest of its change.
 */
export function heldBack(
  changes: readonly Change[],
  own: (change: Change) => HeldReason | undefined,
  waiting: (need: ObjectKey) => HeldReason,
): Held {
  const reasons = new Map<ObjectKey, HeldReason>()
  const ids = new Map<string, ObjectKey>()
  const hold = (change: Change, reason: HeldReason) => {
    reasons.set(change.key, reason)
    for (const { id } of change.calls) ids.set(id, change.key)
  }
  const some = changes.filter(({ calls }) => calls.length > 0)
  for (const change of some) {
    const reason = own(change)
    if (reason) hold(change, reason)
  }
  for (let before = -1; before !== ids.size; ) {
    before = ids.size
    for (const change of some) {
      if (reasons.has(change.key)) continue
      for (const { id, after, late } of change.calls) {
        const need = after.map((other) => ids.get(other)).find((key) => key !== undefined)
        if (need === undefined || ids.has(id)) continue
        if (!late || change.calls.every((call) => call.late)) hold(change, waiting(need))
        else ids.set(id, change.key)
        break
      }
    }
  }
  return { reasons, ids }
}
