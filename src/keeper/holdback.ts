/**
 * Reasons not to send a planned call yet: it failed lately and rests, or it was sent a moment ago and AWS's reads
 * may not show it yet. In memory only: a restart costs a repeated call, which each operation's safety makes harmless.
 */
import { fullJitter } from '../aws/layers.ts'
import type { Kind } from '../kind.ts'
import type { Call, Change, FailureClass, ObjectKey, Operation, Outcome } from '../model.ts'
import type { Runtime } from '../runtime.ts'

/** How long a key rests after its n-th failure in a row, by class: [base, cap] in milliseconds. */
const rests: Readonly<Record<FailureClass, readonly [number, number]>> = {
  throttled: [1_000, 60_000],
  transient: [1_000, 60_000],
  conflict: [2_000, 60_000],
  notFound: [2_000, 60_000],
  unknown: [2_000, 120_000],
  unsupported: [60_000, 600_000],
  invalid: [60_000, 600_000],
  denied: [60_000, 600_000],
}

type Failure = NonNullable<Outcome['failure']>

interface Rest {
  readonly failures: number
  readonly untilMs: number
  readonly failure: Failure
  /** The manifest that failed: another one is tried at once where only a person could mend it. */
  readonly digest: string
}

export interface Holdback {
  /** Notes a failure or a lost answer; answers until when the key rests. */
  failed(outcome: Outcome, digest: string): number
  /** Notes a call that succeeded: as it was sent and, where that differs by filled holes, as it was planned. */
  succeeded(sentCall: Call, planned?: Call): void
  /** Why a change's calls are not sent now, and when to look again; undefined when they may go. */
  reasonFor(
    change: Change,
    digest: string,
  ): { readonly why: string; readonly untilMs: number; readonly settling: boolean } | undefined
  failureOf(key: ObjectKey): Failure | undefined
  /** All is well with the key, or it is gone. */
  forget(key: ObjectKey): void
}

/** Why a call that was answered a moment ago is not sent again. */
export const settling = 'AWS has yet to show the last write'

/** Why what AWS would make twice is not made as soon as a process starts. */
export const looking = 'looked for once more, so that it is not made twice'

/** Those operations of the kinds at which nothing would stop a second call. */
export function onceOperations(kinds: readonly Pick<Kind, 'operations'>[]): ReadonlySet<string> {
  const all = kinds.flatMap(({ operations }) => Object.entries(operations))
  return new Set(all.flatMap(([name, safety]) => (safety === 'once' ? [name] : [])))
}

export function createHoldback(
  runtime: Runtime,
  /** How long AWS's reads may lag behind a write. */
  settleMs: number,
  /** Whether nothing at AWS would stop a second one; see Safety. */
  once: (operation: Operation) => boolean = () => false,
): Holdback {
  const { clock } = runtime
  const startedMs = clock.now()
  // Of what must be made once, any call counts: a newer commit may have changed its input.
  const fingerprint = (call: Call) =>
    once(call.operation) ? call.operation : `${call.operation} ${JSON.stringify(call.input)}`
  const resting = new Map<ObjectKey, Rest>()
  const sent = new Map<ObjectKey, Map<string, number>>()
  return {
    failed(outcome, digest) {
      const { key } = outcome.call
      const failure = outcome.failure ?? { class: 'unknown', code: 'Unknown', message: 'no answer' }
      const failures = (resting.get(key)?.failures ?? 0) + 1
      const [baseMs, capMs] = rests[failure.class]
      const jitterMs = baseMs / 2 + fullJitter(failures, baseMs, capMs, runtime.random)
      // An effect that is not known is waited out until reads show it, so that nothing is made twice.
      const restMs = outcome.result === 'unknown' ? Math.max(jitterMs, settleMs) : jitterMs
      const untilMs = clock.now() + restMs
      resting.set(key, { failures, untilMs, failure, digest })
      return untilMs
    },
    succeeded(sentCall, planned = sentCall) {
      const { key } = sentCall
      resting.delete(key)
      const known = sent.get(key) ?? new Map<string, number>()
      for (const [print, atMs] of known) if (clock.now() - atMs > settleMs) known.delete(print)
      for (const call of [sentCall, planned]) known.set(fingerprint(call), clock.now())
      sent.set(key, known)
    },
    reasonFor(change, digest) {
      const now = clock.now()
      const rest = resting.get(change.key)
      if (rest && rest.untilMs > now) {
        const hopeless = rest.failure.class === 'invalid' || rest.failure.class === 'denied'
        if (!hopeless || rest.digest === digest) {
          const seconds = Math.ceil((rest.untilMs - now) / 1_000)
          const why = `${rest.failure.code}, tried again in ${seconds} s`
          return { why, untilMs: rest.untilMs, settling: false }
        }
      }
      if (change.calls.some(({ operation }) => once(operation)) && now - startedMs < settleMs) {
        return { why: looking, untilMs: startedMs + settleMs, settling: true }
      }
      const known = sent.get(change.key)
      const sentMs = change.calls.flatMap((call) => known?.get(fingerprint(call)) ?? [])
      const lastMs = Math.max(...sentMs)
      if (sentMs.length > 0 && now - lastMs < settleMs) {
        return { why: settling, untilMs: Math.min(lastMs + settleMs, now + 2_000), settling: true }
      }
      return undefined
    },
    failureOf: (key) => resting.get(key)?.failure,
    forget(key) {
      resting.delete(key)
    },
  }
}
