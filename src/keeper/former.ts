/**
 * What stands beside the resources of manifests that got another name in AWS: told once where it is left behind, and
 * not taken away before all was read anew, late enough after the snapshot that AWS shows every write before it.
 */
import type { Tell } from '../journal.ts'
import type { Change, Manifest, ObjectKey, Status } from '../model.ts'
import type { Pass } from '../reconcile/pass.ts'
import { isBeside } from '../reconcile/predecessors.ts'
import { renderKey } from '../render-value.ts'
import type { HeldReason } from './held.ts'

export interface Former {
  /** A new snapshot: what was written for the one before may not be seen yet. */
  adopt(): void
  /** Why it does not go yet, and when to look at everything again. */
  heldBy(
    change: Change,
    pass: Pass,
    sweep: boolean,
  ): (HeldReason & { readonly untilMs: number }) | undefined
  /** After a pass: what of it is to be forgotten, out of these. */
  seen(pass: Pass, known: ReadonlyMap<ObjectKey, Status>): readonly ObjectKey[]
  /** All that is on its way out, or left, as if it had manifests. */
  leaving(): readonly Manifest[]
}

export function createFormer(now: () => number, settleMs: number, event: Tell): Former {
  let adoptedMs = now()
  const told = new Map<ObjectKey, string>()
  let manifests: readonly Manifest[] = []

  return {
    adopt() {
      adoptedMs = now()
    },
    heldBy({ key, calls }, { pruned }, sweep) {
      if (!pruned.beside.has(key) || calls.length === 0) return undefined
      const untilMs = Math.max(now(), adoptedMs + settleMs)
      if (sweep && untilMs === now()) return undefined
      return { why: 'all that may use it is looked at once more', settling: true, untilMs }
    },
    seen(pass, known) {
      if (!pass.pruned.whole) return []
      const { changes } = pass.plan
      for (const { key, reason } of changes) {
        if (reason?.code !== 'LeftBehind') told.delete(key)
        else if (told.get(key) !== reason.message) {
          told.set(key, reason.message)
          event('Warning', reason.code, `${renderKey(key)}: ${reason.message}`, { key })
        }
      }
      const { beside, undescribed, unsure } = pass.pruned
      const there = (key: ObjectKey) => beside.has(key) || undescribed.has(key) || unsure.has(key)
      manifests = [...pass.manifests.values()].filter(({ key }) => there(key))
      const gone = [...known.keys()].filter((key) => isBeside(key) && !there(key))
      for (const key of gone) told.delete(key)
      return gone
    },
    leaving: () => manifests,
  }
}
