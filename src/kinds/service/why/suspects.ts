/** Which services are worth an explanation. Pure. */
import type { Service } from '@aws-sdk/client-ecs'
import type { ServiceState } from '../state.ts'
import { isPlacement } from './groups.ts'

/** A roll-out may take this long before it is asked what it waits for. */
const patienceMs = 2 * 60_000

/** Its newest deployment failed, fails, was taken back, or waits for long; or its tasks end by themselves. */
export function isSuspect(
  service: Service,
  { rejected, dying }: Pick<ServiceState, 'rejected' | 'dying'>,
  nowMs: number,
): boolean {
  if (service.status !== 'ACTIVE') return false
  if (rejected) return true
  const { deployments = [], events = [], desiredCount = 0, runningCount = 0 } = service
  if (deployments.some(({ rolloutState }) => rolloutState === 'FAILED')) return true
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0]
  if (!primary) return false
  const failed = primary.failedTasks ?? 0
  if (primary.rolloutState !== 'IN_PROGRESS') {
    return (failed > 0 && runningCount < desiredCount) || dying !== undefined
  }
  const sinceMs = Number(primary.createdAt ?? 0)
  const trouble = events.some(
    ({ createdAt, message = '' }) =>
      Number(createdAt ?? 0) >= sinceMs && (isPlacement(message) || isTrouble(message)),
  )
  if (failed > 0 || trouble) return true
  const waits = (primary.runningCount ?? 0) < desiredCount || (primary.pendingCount ?? 0) > 0
  return nowMs - sinceMs > patienceMs && waits
}

const isTrouble = (message: string) =>
  /is unhealthy in|failed container health checks|unable to (consistently start|stop or start|assume)|failed to (launch|register)/.test(
    message,
  )
