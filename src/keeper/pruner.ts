/**
 * Tells what becomes of resources that Git no longer describes: deleted, let go, gone by another name, or left, and why.
 * In memory only: what is deleted and what not is decided by each pass anew.
 */
import type { Tell } from '../journal.ts'
import type { Environment, ObjectKey } from '../model.ts'
import type { Pass } from '../reconcile/pass.ts'
import { isBeside } from '../reconcile/predecessors.ts'
import type { PruneMode } from '../reconcile/prune.ts'
import { type PruneWish, type Pruning, pruningIn } from '../reconcile/prune-guards.ts'
import { renderKey } from '../render-value.ts'

export interface Pruner {
  /** A new snapshot: what it says of pruning, and which keys it no longer describes. */
  adopt(environment: Environment, gone: Iterable<ObjectKey>): void
  /** Whether and within which limit things are deleted; absent: they are not. */
  mode(): { readonly prune?: PruneMode }
  /** After a pass: answers the keys of which there is nothing more to tell. */
  seen(pass: Pass): readonly ObjectKey[]
}

function leftAs(key: ObjectKey, { pruned }: Pass): string {
  const family = pruned.lostFamilies.has(key)
  return family ? 'its revisions go once nothing runs them' : 'left as it is in AWS'
}

export function createPruner(wish: PruneWish | undefined, event: Tell): Pruner {
  const left = new Set<ObjectKey>()
  const going = new Set<ObjectKey>()
  let refusedBefore = ''
  let pruning: Pruning = { on: false }

  const released = (key: ObjectKey, why: string) =>
    event('Normal', 'Released', `${renderKey(key)} is no longer in Git: ${why}`, { key })
  const pruned = (key: ObjectKey) =>
    event('Normal', 'Pruned', `${renderKey(key)} is gone from AWS`, { key })

  /** Whether that was the end of it. */
  const follow = (key: ObjectKey, pass: Pass): boolean => {
    const change = pass.plan.changes.find((one) => one.key === key)
    if (!change) return false
    if (change.verdict !== 'keep') {
      left.delete(key)
      going.add(key)
      return false
    }
    const gone = pass.observations.get(key)?.found === 'no'
    if (going.delete(key) && gone) pruned(key)
    else if (!gone && left.has(key)) released(key, change.notes.join(', '))
    left.delete(key)
    return true
  }

  /** What the index no longer shows, though it was to go, is gone; unless it is described again. */
  const vanished = (pass: Pass): ObjectKey[] => {
    const { going: still, unsure } = pass.pruned
    const over = [...going].filter((key) => !still.has(key) && !unsure.has(key))
    for (const key of over) {
      going.delete(key)
      const { stays, beside } = pass.pruned
      if (!pass.manifests.has(key) && !stays.has(key) && !beside.has(key)) pruned(key)
    }
    return over.filter((key) => !pass.manifests.has(key))
  }

  return {
    adopt(environment, gone) {
      const before = pruning
      pruning = pruningIn(environment, wish)
      // Of what is on its way out there is nothing new to tell, unless Git means it again.
      for (const key of gone) if (!going.has(key) && !isBeside(key)) left.add(key)
      for (const key of going) if (isBeside(key)) going.delete(key)
      if (pruning.on) return
      for (const key of left) released(key, 'left as it is in AWS')
      left.clear()
      going.clear()
      const { why } = pruning
      if (why && (before.on || before.why?.message !== why.message)) {
        event('Warning', why.code, why.message)
      }
    },
    mode: () => (pruning.on ? { prune: pruning } : {}),
    seen(pass) {
      const { pruned: report } = pass
      if (!report.whole) return []
      const ended = [...report.going].filter((key) => follow(key, pass))
      const over = vanished(pass)
      for (const key of left) {
        const heir = report.moved.get(key)
        const why = heir
          ? `it is ${renderKey(heir)} now, and nothing is made anew`
          : (report.stays.get(key) ?? leftAs(key, pass))
        if (!pass.manifests.has(key)) released(key, why)
      }
      left.clear()
      const refused = report.refused?.message ?? ''
      if (report.refused && refused !== refusedBefore) {
        event('Warning', report.refused.code, refused)
      }
      refusedBefore = refused
      return [...ended.filter((key) => report.undescribed.has(key)), ...over]
    },
  }
}
