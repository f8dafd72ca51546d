/** What is worth an event or a metric when a resource's status changes from one pass to the next. */

import { conditionOf, isReady, isStalled } from '../conditions.ts'
import type { Tell } from '../journal.ts'
import type { Metrics } from '../metrics.ts'
import type { Change, FieldChange, ObjectKey, Status } from '../model.ts'
import { renderField, renderKey } from '../render-value.ts'

export interface TransitionInput {
  readonly key: ObjectKey
  readonly kind: string
  readonly previous: Status | undefined
  readonly status: Status
  readonly change: Change
  /** Of its fields those that somebody changed while it waits. */
  readonly meanwhile?: readonly FieldChange[]
  /** When Git asked for what was written last; an entry is taken away once it is live. */
  readonly asked: Map<ObjectKey, number>
  /** When the last progress of a roll-out was told. */
  readonly said: Map<ObjectKey, number>
  readonly now: number
  readonly metrics: Metrics
  readonly event: Tell
}

/** A roll-out's numbers are told at its start, and then so often. */
const progressEveryMs = 10_000

/** That it happened once more, or goes on for longer, is no news. */
const gist = (message = '') =>
  message.replace(/, \d+ times\b/g, '').replace(/\bno progress for [^:]+: [^|]*/, 'no progress: ')

/** AWS takes back what failed, which may last: the outcome, and how many failed, is told once it has. */
const isGoingBack = (status: Status | undefined) =>
  isStalled(status) &&
  conditionOf(status, 'Ready')?.reason === 'RolledBack' &&
  /^ROLLBACK_(REQUESTED|IN_PROGRESS)$/.test(status?.rollout?.status ?? '')

export function transitions(input: TransitionInput): void {
  const { key, previous, status, change, metrics, event } = input
  const name = renderKey(key)
  const ready = conditionOf(status, 'Ready')

  if (conditionOf(status, 'Drifted') && !conditionOf(previous, 'Drifted')) {
    metrics.driftDetected.inc({ kind: input.kind })
    const { meanwhile = [] } = input
    const some = meanwhile.length > 0 ? meanwhile : change.fields
    const what = some.map(renderField).join(', ') || change.verdict
    const how =
      meanwhile.length > 0
        ? `was changed while what Git asks for waits, and is set right with it: ${what}`
        : `differs from Git: ${what}`
    event('Warning', 'DriftDetected', `${name} ${how}`, { key, fields: some })
  }

  // A newer commit came before its end: it failed all the same.
  if (isGoingBack(previous) && !isStalled(status)) {
    const before = conditionOf(previous, 'Ready')
    event('Warning', 'RolledBack', `${name} was stalled: ${before?.message ?? ''}`, { key })
  }

  if (isReady(status)) {
    if (isReady(previous)) return
    const askedMs = input.asked.get(key)
    input.asked.delete(key)
    const took = askedMs === undefined ? '' : ` after ${Math.round((input.now - askedMs) / 1000)} s`
    if (askedMs !== undefined) {
      metrics.commitToLive.observe({ kind: input.kind }, (input.now - askedMs) / 1000)
    }
    // What is there as soon as it is made is no news twice.
    if (status.progress || isStalled(previous)) {
      event('Normal', 'Ready', `${name} is Ready${took}: ${ready?.message ?? ''}`, { key })
    }
    return
  }

  if (isStalled(status)) {
    if (isGoingBack(status)) {
      if (isGoingBack(previous)) return
      event('Warning', 'RollingBack', `${name} is stalled: ${ready?.message ?? ''}`, { key })
      return
    }
    const before = conditionOf(previous, 'Stalled')
    if (before?.reason === ready?.reason && gist(before?.message) === gist(ready?.message)) return
    event('Warning', ready?.reason ?? 'Stalled', `${name} is stalled: ${ready?.message ?? ''}`, {
      key,
    })
    return
  }

  const rolling = (of: Status | undefined) =>
    of?.sync === 'Synced' && of.health === 'Progressing' && of.progress !== undefined
  if (!rolling(status)) return
  // The numbers of what rolled out well and does not stay up go up and down for hours: told once.
  const over = status.rollout !== undefined && status.rollout.outcome !== 'InProgress'
  if (over && conditionOf(previous, 'Ready')?.reason === ready?.reason) return
  if (over && status.report) {
    event('Warning', ready?.reason ?? 'Progressing', `${name}: ${ready?.message ?? ''}`, { key })
    return
  }
  const moved = JSON.stringify(status.progress) !== JSON.stringify(previous?.progress)
  const saidMs = rolling(previous) ? (input.said.get(key) ?? 0) : 0
  if (!moved || input.now - saidMs < progressEveryMs) return
  input.said.set(key, input.now)
  event('Normal', 'Progressing', `${name}: ${ready?.message ?? ''}`, { key })
}
