/**
 * Which changes a policy lets begin now, and who is next when a roll-out ends. In memory only: after a restart every
 * resource counts as asked for by the revision that is then read.
 */
import { isStalled } from '../conditions.ts'
import type { Change, Desired, Environment, Health, Manifest, ObjectKey, Status } from '../model.ts'
import { manifestsOf, type Pass } from '../reconcile/pass.ts'
import { createCorrections } from './corrections.ts'
import { isRolling } from './gates/budget.ts'
import { foughtIn } from './gates/fights.ts'
import { type Asked, type Gated, rolls, type Standing } from './gates/gate.ts'
import { goingBack } from './gates/groups.ts'
import { gated } from './gates/index.ts'
import type { HeldReason } from './held.ts'
import type { Fought } from './trail.ts'

export interface Room {
  /** Notes what Git asks of a resource, as its digest says. */
  ask(key: ObjectKey, digest: string, revision: string): void
  digestOf(key: ObjectKey): string
  /** Those that somebody else sets back again and again, and since when. */
  fought(changes: readonly Change[]): readonly Fought[]
  /** Decides which changes of a pass may begin. */
  open(
    pass: Pick<Pass, 'plan' | 'health' | 'observations'>,
    desired: Desired,
    environment: Environment,
    statuses: ReadonlyMap<ObjectKey, Status>,
  ): void
  /** Those whose release group failed, as the statuses say: what must be read to take them back is read. */
  back(
    desired: Desired,
    environment: Environment,
    statuses: ReadonlyMap<ObjectKey, Status>,
  ): ReadonlyMap<ObjectKey, string>
  heldBy(key: ObjectKey): HeldReason | undefined
  /** When to look again at what is held; undefined for what is not held. A sweep comes before the end of time. */
  waitsUntil(key: ObjectKey): number | undefined
  /**
   * Notes a change that was sent or held, and its new status; answers who may begin now that a roll-out has ended, or
   * whose turn does not come, since one like it is held for good.
   */
  seen(
    change: Change,
    previous: Status | undefined,
    status: Status,
    held: boolean,
  ): readonly ObjectKey[]
  /** One of its calls succeeded. */
  wrote(change: Change): void
  /** Its call failed: it rolls out nothing. */
  failed(key: ObjectKey): void
  forget(key: ObjectKey): void
}

const standingOf = (status: Status): Standing => ({
  stalled: isStalled(status),
  ...(status.rollout ? { rollout: status.rollout } : {}),
  ...(status.report ? { report: status.report } : {}),
})

/** What the status of a change will say, before it is known whether it is held back. */
const standingIn = (change: Change, health: Health | undefined): Standing => ({
  stalled:
    change.verdict === 'blocked'
      ? change.stalled === true
      : change.verdict === 'keep' && health?.state === 'Failed',
  ...(health?.rollout ? { rollout: health.rollout } : {}),
  ...(health?.report ? { report: health.report } : {}),
})

export function createRoom(now: () => number, writers: ReadonlyMap<ObjectKey, string>): Room {
  const asked = new Map<ObjectKey, Asked>()
  const sent = new Set<ObjectKey>()
  const waiting = new Map<ObjectKey, Gated>()
  const corrections = createCorrections(now)
  return {
    ask(key, digest, revision) {
      if (asked.get(key)?.digest !== digest) asked.set(key, { digest, revision, atMs: now() })
    },
    digestOf: (key) => asked.get(key)?.digest ?? '',
    fought: (changes) =>
      changes.flatMap((change) => {
        const times = foughtIn(change, { corrections: corrections.known, asked })
        const sinceMs = Math.min(...times.flatMap(({ atMs }) => atMs))
        return times.length > 0 ? [{ change, sinceMs }] : []
      }),
    open({ plan: { changes }, health, observations }, desired, environment, statuses) {
      for (const { key } of changes) waiting.delete(key)
      const open = changes.filter(({ calls }) => calls.length > 0)
      // Most looks at a large fleet find nothing to begin: then nobody need be held.
      if (open.length === 0) return
      const standings = new Map([...statuses].map(([key, status]) => [key, standingOf(status)]))
      for (const change of changes) {
        standings.set(change.key, standingIn(change, health.get(change.key)))
      }
      const reasons = gated({
        changes: open,
        manifests: byKey(desired),
        standings,
        asked,
        sent,
        corrections: corrections.known,
        tags: new Map(
          [...observations].flatMap(([key, seen]) =>
            seen.found === 'yes' ? [[key, seen.live.tags] as const] : [],
          ),
        ),
        writers,
        environment,
        now: now(),
      })
      for (const [key, reason] of reasons) waiting.set(key, reason)
    },
    back(desired, environment, statuses) {
      return goingBack(manifestsOf(desired, environment), (key) => {
        const status = statuses.get(key)
        return status && standingOf(status)
      })
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
      if (verdict === 'keep') corrections.well(key)
      if (!rolls(key)) return []
      const was = (previous && isRolling(standingOf(previous))) || sent.has(key)
      if (verdict === 'keep' || verdict === 'blocked') sent.delete(key)
      else if (!held && effect === 'roll-out') sent.add(key)
      const forGood = waiting.get(key)?.stalled === true && !(previous && isStalled(previous))
      if (forGood) return [...waiting].flatMap(([other, { stalled }]) => (stalled ? [] : [other]))
      const ended = was && !isRolling(standingOf(status)) && !sent.has(key)
      // In an order that does not hang on who was looked at last: then it can be told beforehand.
      return ended ? [...waiting.keys()].filter(rolls).sort().slice(0, 2) : []
    },
    wrote(change) {
      corrections.wrote(change, asked.get(change.key)?.digest ?? '')
    },
    failed(key) {
      sent.delete(key)
    },
    forget(key) {
      asked.delete(key)
      sent.delete(key)
      waiting.delete(key)
      corrections.forget(key)
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
