/**
 * What somebody changes by hand while what Git asks for waits its turn. Such a resource differs from Git anyway; drift
 * is what differs now and did not when it began to wait. In memory only: after a restart it is told from then on.
 */
import type { Change, FieldChange, ObjectKey, Rollout } from '../model.ts'
import type { HeldReason } from './held.ts'

/** What is known of a resource since it began to wait. */
interface Begun {
  readonly digest: string
  /** How it differed then, by path: what AWS said. */
  readonly from: Map<string, string>
  /** A write, or a roll-out from before, had yet to show in AWS: that it does is no drift. */
  readonly unsettled: boolean
  readonly told: readonly FieldChange[]
}

export interface Meanwhile {
  /** The fields of a change which somebody has changed while it waits. `digest`: what Git asks for. */
  changed(
    change: Change,
    digest: string,
    reason: HeldReason | undefined,
    rollout: Rollout | undefined,
  ): readonly FieldChange[]
  /** A call of ours succeeded: AWS's reads show it soon. */
  wrote(key: ObjectKey): void
  forget(key: ObjectKey): void
}

const textOf = (value: unknown) => JSON.stringify(value) ?? 'none'

/** A policy holds it, or another resource: it may take days. */
const waits = ({ verdict }: Change, reason: HeldReason | undefined) =>
  (verdict === 'update' || verdict === 'replace') &&
  (reason?.code !== undefined || reason?.waitsFor !== undefined)

export function createMeanwhile(now: () => number, settleMs: number): Meanwhile {
  const begun = new Map<ObjectKey, Begun>()
  const wroteMs = new Map<ObjectKey, number>()
  return {
    changed(change, digest, reason, rollout) {
      const { key, fields } = change
      if (!waits(change, reason)) {
        begun.delete(key)
        return []
      }
      const last = begun.get(key)
      if (last?.digest === digest && !last.unsettled) {
        const told = fields.filter(({ path, from }) => last.from.get(path) !== textOf(from))
        begun.set(key, { ...last, told })
        return told
      }
      const sinceMs = now() - (wroteMs.get(key) ?? Number.NEGATIVE_INFINITY)
      const from = new Map(fields.map((field) => [field.path, textOf(field.from)]))
      // Git says something new, which makes good nothing of what was told before.
      const told = fields.filter(({ path, from: is }) =>
        last?.told.some((one) => one.path === path && textOf(one.from) === textOf(is)),
      )
      for (const { path } of told) from.delete(path)
      const unsettled = rollout?.outcome === 'InProgress' || sinceMs < settleMs
      begun.set(key, { digest, from, unsettled, told })
      return told
    },
    wrote(key) {
      wroteMs.set(key, now())
      begun.delete(key)
    },
    forget(key) {
      begun.delete(key)
      wroteMs.delete(key)
    },
  }
}
