/**
 * Notices a roll-out that comes no further, circuit breaker or not. What was best is kept in memory; after a restart the
 * time counts from the deployment's beginning.
 */
import { parseDuration } from '../../durations.ts'
import type { ObserveContext } from '../../kind.ts'
import type { Manifest } from '../../model.ts'
import type { ServiceState } from './state.ts'

const usualMs = 30 * 60_000

interface Best {
  readonly id: string
  readonly running: number
  readonly stage: string
  readonly sinceMs: number
}

/** Stages in which AWS waits on purpose: for traffic, for a bake time, for hooks that may take hours. */
const waits = (stage = '') => stage !== '' && !['RECONCILE_SERVICE', 'SCALE_UP'].includes(stage)

export function stuckIn(
  { memory, now }: ObserveContext,
  { key, annotations }: Manifest,
  state: ServiceState,
): ServiceState['stuck'] {
  const primary = state.deployments.find(({ status }) => status === 'PRIMARY')
  const place = `progress:${key}`
  if (primary?.rolloutState !== 'IN_PROGRESS' || waits(state.rollout?.stage)) {
    memory.delete(place)
    return undefined
  }
  const { id = '', runningCount: running = 0 } = primary
  const stage = state.rollout?.stage ?? ''
  const before = memory.get(place) as Best | undefined
  const same = before?.id === id && before.stage === stage
  if (!before || !same || running > before.running) {
    const sinceMs = before ? now : (primary.createdAtMs ?? now)
    memory.set(place, { id, running, stage, sinceMs } satisfies Best)
  }
  const { sinceMs } = memory.get(place) as Best
  const limit = annotations['fairlead.dev/timeout']
  const forMs = now - sinceMs
  return forMs > (limit ? parseDuration(limit) : usualMs) ? { forMs } : undefined
}
