/** When to look at what next: single keys, or a sweep over everything. All that any event does is to bring a time forward. */
import type { ObjectKey } from '../model.ts'
import type { Clock } from '../runtime.ts'

/** What is to be looked at now: these keys, or all. */
export type Turn = { readonly sweep: true } | { readonly sweep: false; readonly keys: ObjectKey[] }

export interface Schedule {
  /** Looks at the key at this time, unless it is looked at earlier. */
  lookAt(key: ObjectKey, atMs: number): void
  /** Looks at everything at this time, in place of the time set before. */
  sweepAt(atMs: number): void
  /** Looks at everything at this time, unless it is to be earlier. */
  sweepBy(atMs: number): void
  /** Looks at everything now. */
  sweepNow(): void
  forget(key: ObjectKey): void
  /** Waits for the next time that is due, or for news that may bring one forward. */
  wait(): Promise<void>
  /** What is due, if anything is; it is due no longer. After a sweep nothing is until the next time is set. */
  take(): Turn | undefined
  /** Ends a wait. */
  wake(): void
}

/** No timer is set for longer, so that a clock that was put right is noticed. Milliseconds. */
const longestWaitMs = 3_600_000

/**
 * Looks begin on a grid, so that keys go together: one pass and full batches in place of many small ones. What is due
 * at once is not made to wait for it.
 */
export function createSchedule(clock: Clock, gridMs: number): Schedule {
  const due = new Map<ObjectKey, number>()
  let sweepAtMs = Number.POSITIVE_INFINITY
  let waiting = new AbortController()
  // Making an exception costs more than asking whether there is anything to end.
  const wake = () => {
    if (!waiting.signal.aborted) waiting.abort()
  }
  const nextMs = () => Math.min(sweepAtMs, ...due.values())
  return {
    lookAt(key, atMs) {
      const gridded = atMs <= clock.now() ? atMs : Math.ceil(atMs / gridMs) * gridMs
      due.set(key, Math.min(due.get(key) ?? gridded, gridded))
      wake()
    },
    sweepAt(atMs) {
      sweepAtMs = atMs
    },
    sweepBy(atMs) {
      if (atMs >= sweepAtMs) return
      sweepAtMs = atMs
      wake()
    },
    sweepNow() {
      sweepAtMs = clock.now()
      wake()
    },
    forget(key) {
      due.delete(key)
    },
    async wait() {
      const waitMs = nextMs() - clock.now()
      if (waitMs <= 0) return
      waiting = new AbortController()
      await clock.sleep(Math.min(waitMs, longestWaitMs), waiting.signal)
    },
    take() {
      const now = clock.now()
      if (now >= sweepAtMs) {
        due.clear()
        sweepAtMs = Number.POSITIVE_INFINITY
        return { sweep: true }
      }
      const keys = [...due].filter(([, atMs]) => atMs <= now).map(([key]) => key)
      for (const key of keys) due.delete(key)
      return keys.length > 0 ? { sweep: false, keys } : undefined
    },
    wake,
  }
}
