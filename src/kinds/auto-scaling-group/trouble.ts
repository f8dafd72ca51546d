/** Why a group has fewer instances than it should: its own activities say so. Pure. */
import type { Activity } from '@aws-sdk/client-auto-scaling'
import { type GroupState, staying } from './state.ts'

/** An instance profile, a key or a subnet may take this long to be seen by every service. */
const eventualMs = 120_000

export function inService(state: GroupState): number {
  return state.instances.filter(
    ({ lifecycleState, healthStatus }) =>
      lifecycleState === 'InService' && healthStatus?.toLowerCase() !== 'unhealthy',
  ).length
}

export function isShort(state: GroupState): boolean {
  return inService(state) < Number(state.members.desiredCapacity ?? 0)
}

/** The message of the launches that failed last, one after the other. */
export function troubleOf(activities: readonly Activity[], now: number): GroupState['trouble'] {
  const newestFirst = [...activities].sort((a, b) => Number(b.StartTime) - Number(a.StartTime))
  const ended = newestFirst.filter(({ StatusCode }) => !open.has(String(StatusCode)))
  const last = ended.findIndex(({ StatusCode }) => StatusCode !== 'Failed')
  const failed = last < 0 ? ended : ended.slice(0, last)
  const [newest] = failed
  if (!newest) return undefined
  const message = newest.StatusMessage ?? newest.Description ?? 'a launch failed'
  return { message, lasting: now - Number(failed.at(-1)?.StartTime) >= eventualMs }
}

const open = new Set([
  'PendingSpotBidPlacement',
  'WaitingForSpotInstanceRequestId',
  'WaitingForSpotInstanceId',
  'WaitingForInstanceId',
  'WaitingForConnectionDraining',
  'WaitingForELBConnectionDraining',
  'WaitingForInstanceWarmup',
  'MidLifecycleAction',
  'PreInService',
  'InProgress',
])

/** `1 of 2 instances in service, 1 leaving`. */
export function counted(state: GroupState): string {
  const leaving = state.instances.length - staying(state).length
  const desired = Number(state.members.desiredCapacity ?? 0)
  const count = `${inService(state)} of ${desired} instances in service`
  return leaving > 0 ? `${count}, ${leaving} leaving` : count
}

/** `1 instance is left`. */
export function leftOver({ instances }: GroupState): string {
  return instances.length === 1 ? '1 instance is left' : `${instances.length} instances are left`
}
