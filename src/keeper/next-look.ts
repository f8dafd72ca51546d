/** When a resource is looked at again for what was just seen of it, sweeps and news apart. Pure. */
import type { Change, Status } from '../model.ts'
import type { HeldReason } from './held.ts'

export interface NextLookInput {
  readonly change: Change
  readonly status: Status
  /** Why its calls are not sent now. */
  readonly reason: HeldReason | undefined
  /** When what a policy holds may begin; infinite where other resources' news say so. */
  readonly waitsMs: number | undefined
  readonly now: number
  readonly followMs: number
}

/** Undefined: a sweep, or news, is soon enough. */
export function nextLook(input: NextLookInput): number | undefined {
  const { change, status, reason, waitsMs } = input
  if (waitsMs !== undefined && reason?.code) return waitsMs
  const unsettled = status.instances?.some(
    (one) => one.status === 'DRAINING' || !one.agentConnected,
  )
  // Calls in the queue bring the next look with them when they end, or are dropped.
  const follows = change.calls.length === 0 || reason !== undefined
  const open = follows && status.conditions.some(({ type }) => type === 'Reconciling')
  return unsettled || open ? input.now + input.followMs : undefined
}
