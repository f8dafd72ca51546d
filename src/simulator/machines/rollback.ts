/** Deployments that fail: what is left of them, and how the one before them becomes PRIMARY again. */
import type { DeploymentRecord, ServiceRecord, World } from '../world.ts'
import { showWorkload, workloadOf } from './deployments.ts'
import { texts, writeEvent } from './events.ts'
import { finish, isRollingBack, requestEnd, serviceDeploymentView } from './service-deployments.ts'
import { beginShiftBack } from './stages.ts'
import { wakeService } from './tasks.ts'

/** Why a deployment fails. */
export interface Cause {
  readonly by: NonNullable<DeploymentRecord['brokenBy']>
  /** Back to the deployment that completed before, if there is one. */
  readonly rollback: boolean
  /** `tasks failed to start`, as the event says it; a user's wish is no event. */
  readonly why?: string
}

/** How the deployment says why it failed. */
function reasonOf({ by, why }: Cause): string {
  if (by === 'user') return 'Service deployment was stopped by StopServiceDeployment.'
  return `${by === 'breaker' ? 'ECS deployment circuit breaker' : 'ECS deployment failed'}: ${why}.`
}

/**
 * Fails the PRIMARY deployment. With `rollback` and a deployment that completed before, that one becomes PRIMARY again
 * under its old id; without, it stays PRIMARY and starts no more tasks.
 */
export function failDeployment(world: World, record: ServiceRecord, cause: Cause, now: number) {
  const failed = record.deployments[0]
  if (!failed) return
  const reason = reasonOf(cause)
  failed.rolloutState = 'FAILED'
  failed.rolloutStateReason = reason
  failed.brokenBy = cause.by
  failed.updatedAt = new Date(now)
  if (cause.why) writeEvent(world, record, texts.failed(failed.id, cause.why), now)
  const back = record.lastCompleted
  if (isRollingBack(record)) finish(world, record, 'ROLLBACK_FAILED', reason, now)
  else if (cause.rollback && back && back !== failed) {
    revive(world, record, failed, back, { ...cause, reason }, now)
  } else requestEnd(world, record, reason, now)
  wakeService(world, record, now)
}

function revive(
  world: World,
  record: ServiceRecord,
  failed: DeploymentRecord,
  back: DeploymentRecord,
  { by, reason }: Cause & { readonly reason: string },
  now: number,
): void {
  const current = record.serviceDeployments[0]
  if (current) {
    Object.assign(current, serviceDeploymentView(world, record, current), {
      status: by === 'user' ? 'ROLLBACK_REQUESTED' : 'ROLLBACK_IN_PROGRESS',
      statusReason: reason,
      updatedAt: new Date(now),
      rollback: {
        reason: `Service deployment rolled back because of: ${reason}`,
        startedAt: new Date(now),
        serviceRevisionArn: back.revision.serviceRevisionArn,
      },
    })
  }
  Object.assign(back, { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', updatedAt: new Date(now) })
  Object.assign(back, { failures: 0, startFailures: 0, notBefore: 0 })
  const who = by === 'breaker' ? 'ECS deployment circuit breaker:' : 'ECS deployment'
  back.rolloutStateReason = `${who} rolling back to deploymentId ${back.id}.`
  failed.status = 'ACTIVE'
  record.deployments = [back, ...record.deployments.filter((d) => d !== back)]
  beginShiftBack(world, back, failed, now)
  showWorkload(record, workloadOf(record))
  writeEvent(world, record, texts.rollingBack(back.id), now)
}
