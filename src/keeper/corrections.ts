/**
 * What was corrected how often: the memory of the loop breaker. In memory only, so that a restarted process counts anew;
 * what Git says anew is counted anew, too.
 */
import { stableJson } from '../diff.ts'
import type { Change, ObjectKey } from '../model.ts'

/** One field that was set to one value again and again. */
export interface Correction {
  readonly path: string
  /** What it was each time, without repetition. */
  readonly was: readonly unknown[]
  readonly to: unknown
  /** When it was set, milliseconds since the epoch; never more than `windowMs` ago while it is well in between. */
  readonly atMs: readonly number[]
  /** Of what Git said then. */
  readonly digest: string
}

export const windowMs = 3_600_000

export interface Corrections {
  /** A call of the change succeeded: its fields have been set. */
  wrote(change: Change, digest: string): void
  /** It is as Git says: what lies longer back than the window counts no more. */
  well(key: ObjectKey): void
  forget(key: ObjectKey): void
  readonly known: ReadonlyMap<ObjectKey, readonly Correction[]>
}

/** What names one field set to one value. */
export const sameField = (a: Pick<Correction, 'path' | 'to'>, b: Pick<Correction, 'path' | 'to'>) =>
  a.path === b.path && stableJson(a.to) === stableJson(b.to)

export function createCorrections(now: () => number): Corrections {
  const known = new Map<ObjectKey, readonly Correction[]>()
  /** A change of several calls counts once. */
  const counted = new WeakSet<Change>()
  const recent = (one: Correction): Correction => ({
    ...one,
    atMs: one.atMs.filter((atMs) => now() - atMs < windowMs),
  })
  return {
    known,
    wrote(change, digest) {
      // What goes on with something begun corrects nothing.
      if (change.verdict !== 'update' || change.followUp || counted.has(change)) return
      counted.add(change)
      const before = (known.get(change.key) ?? []).filter((one) => one.digest === digest)
      const set = change.fields.map(({ path, from, to }): Correction => {
        const other = before.find((one) => sameField(one, { path, to }))
        const was = other?.was ?? []
        const seen = was.some((value) => stableJson(value) === stableJson(from))
        return {
          path,
          to,
          digest,
          was: seen ? was : [...was, from].slice(-3),
          atMs: [...(other ? recent(other).atMs : []), now()],
        }
      })
      const others = before.filter((one) => !set.some((two) => sameField(one, two)))
      known.set(change.key, [...others, ...set])
    },
    well(key) {
      const kept = known
        .get(key)
        ?.map(recent)
        .filter(({ atMs }) => atMs.length > 0)
      if (kept && kept.length > 0) known.set(key, kept)
      else known.delete(key)
    },
    forget(key) {
      known.delete(key)
    },
  }
}
