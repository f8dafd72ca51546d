/**
 * Virtual time, for tests and rehearsals: nothing waits, timers fire in order, the same seed gives the same history.
 * Before time goes on, `settled` lets everything that can go on do so: with another program behind, until that has
 * answered.
 */
import type { Clock } from './runtime.ts'

interface Timer {
  readonly atMs: number
  readonly sequence: number
  readonly fire: () => void
}

export interface VirtualClock extends Clock {
  /** Lets time pass until `until` holds or `limitMs` of virtual time are over; answers whether it holds. */
  runUntil(until: () => boolean, limitMs: number): Promise<boolean>
  /** Lets `ms` pass. */
  advance(ms: number): Promise<void>
}

/** Lets every promise that can go on do so. */
export const quiesce = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createVirtualClock(
  startMs = Date.UTC(2026, 0, 5, 8),
  settled: () => Promise<void> = quiesce,
): VirtualClock {
  let nowMs = startMs
  let sequence = 0
  const timers = new Set<Timer>()

  const next = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (
        !first ||
        timer.atMs < first.atMs ||
        (timer.atMs === first.atMs && timer.sequence < first.sequence)
      ) {
        first = timer
      }
    }
    return first
  }

  const clock: VirtualClock = {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const done = () => {
          timers.delete(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer: Timer = { atMs: nowMs + Math.max(0, ms), sequence: sequence++, fire: done }
        timers.add(timer)
        signal?.addEventListener('abort', done, { once: true })
      }),
    async runUntil(until, limitMs) {
      const endMs = nowMs + limitMs
      for (;;) {
        await settled()
        if (until()) return true
        const timer = next()
        if (!timer || timer.atMs > endMs) {
          nowMs = endMs
          return until()
        }
        nowMs = Math.max(nowMs, timer.atMs)
        timer.fire()
      }
    },
    async advance(ms) {
      await clock.runUntil(() => false, ms)
    },
  }
  return clock
}
