/**
 * Which changes a policy lets begin now, and who is next when a roll-out ends. In memory only: after a restart every
 * resource counts as asked for by the revision that is then read.
 */
import type { Change, Desired, Environment, Manifest, ObjectKey, Status } from '../model.ts'
import { isRolling } from './gates/budget.ts'
import { type Asked, type Gated, rolls } from './gates/gate.ts'
import { gated } from './gates/index.ts'
import type { HeldReason } from './held.ts'

export interface Room {
  /** Notes what Git asks of a resource, as its digest says. */
  ask(key: ObjectKey, digest: string, revision: string): void
  digestOf(key: ObjectKey): string
  /** Decides which changes of a pass may begin. */
  open(
    changes: readonly Change[],
    desired: Desired,
    environment: Environment,
    statuses: ReadonlyMap<ObjectKey, Status>,
  ): void
  heldBy(key: ObjectKey): HeldReason | undefined
  /** When to look again at what is held; undefined for what is not held. A sweep comes before the end of time. */
  waitsUntil(key: ObjectKey): number | undefined
  /** Notes a change that was sent or held, and its new status; answers who may begin now that a roll-out has ended. */
  seen(
    change: Change,
    previous: Status | undefined,
    status: Status,
    held: boolean,
  ): readonly ObjectKey[]
  /** Its call failed: it rolls out nothing. */
  failed(key: ObjectKey): void
  forget(key: ObjectKey): void
}

export function createRoom(now: () => number): Room {
  const asked = new Map<ObjectKey, Asked>()
  const sent = new Set<ObjectKey>()
  const waiting = new Map<ObjectKey, Gated>()
  return {
    ask(key, digest, revision) {
      if (asked.get(key)?.digest !== digest) asked.set(key, { digest, revision, atMs: now() })
    },
    digestOf: (key) => asked.get(key)?.digest ?? '',
    open(changes, desired, environment, statuses) {
      for (const { key } of changes) waiting.delete(key)
      const reasons = gated({
        changes: changes.filter(({ calls }) => calls.length > 0),
        manifests: byKey(desired),
        statuses,
        asked,
        sent,
        environment,
        now: now(),
      })
      for (const [key, reason] of reasons) waiting.set(key, reason)
    },
    heldBy(key) {
      const reason = waiting.get(key)
      return (
        reason && {
          why: reason.why,
          code: reason.code,
          settling: false,
          ...(reason.stalled ? { stalled: true } : {}),
        }
      )
    },
    waitsUntil: (key) => {
      const reason = waiting.get(key)
      return reason && (reason.untilMs ?? Number.POSITIVE_INFINITY)
    },
    seen({ key, verdict, effect }, previous, status, held) {
      if (!rolls(key)) return []
      const was = isRolling(previous) || sent.has(key)
      if (verdict === 'keep' || verdict === 'blocked') sent.delete(key)
      else if (!held && effect === 'roll-out') sent.add(key)
      const ended = was && !isRolling(status) && !sent.has(key)
      // In an order that does not hang on who was looked at last: then it can be told beforehand.
      return ended ? [...waiting.keys()].filter(rolls).sort().slice(0, 2) : []
    },
    failed(key) {
      sent.delete(key)
    },
    forget(key) {
      asked.delete(key)
      sent.delete(key)
      waiting.delete(key)
    },
  }
}

/** Made once for each snapshot, which does not change. */
const maps = new WeakMap<Desired, ReadonlyMap<ObjectKey, Manifest>>()

function byKey(desired: Desired): ReadonlyMap<ObjectKey, Manifest> {
  const known = maps.get(desired)
  if (known) return known
  const made = new Map(desired.manifests.map((manifest) => [manifest.key, manifest]))
  maps.set(desired, made)
  return made
}
