/** How a roll-out stands, by what AWS says of the service deployment, or of the service alone where it says no more. Pure. */
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Rollout, RolloutOutcome } from '../../model.ts'
import type { DeploymentState, Rejection } from './state.ts'

/** By AWS's word. Once a rollback has begun, nothing makes a success of it any more; STOPPED may have been overtaken. */
const outcomes: Readonly<Record<string, RolloutOutcome>> = {
  SUCCESSFUL: 'Succeeded',
  ROLLBACK_REQUESTED: 'RolledBack',
  ROLLBACK_IN_PROGRESS: 'RolledBack',
  ROLLBACK_SUCCESSFUL: 'RolledBack',
  ROLLBACK_FAILED: 'RolledBack',
  STOPPED: 'Stopped',
}

/**
 * What became of a service deployment. `newerMs`: when the next deployment of the service was created, if there is one.
 * It was superseded when that one began before its end, and nothing had failed it till then.
 */
export function outcomeOf(deployment: ServiceDeployment, newerMs?: number): RolloutOutcome {
  const { status = '', rollback } = deployment
  const outcome = outcomes[status] ?? 'InProgress'
  if (rollback) return 'RolledBack'
  const open = outcome === 'InProgress' || outcome === 'Stopped'
  if (open && newerMs !== undefined && !failedBefore(deployment, newerMs)) return 'Superseded'
  return outcome
}

/** Its circuit breaker, an alarm or a person ended it before the newer one began. */
function failedBefore(deployment: ServiceDeployment, newerMs: number): boolean {
  const { deploymentCircuitBreaker, alarms, stoppedAt, finishedAt } = deployment
  if (deploymentCircuitBreaker?.status === 'TRIGGERED') return true
  if ((alarms?.triggeredAlarmNames ?? []).length > 0) return true
  const endMs = Number(stoppedAt ?? finishedAt ?? Number.POSITIVE_INFINITY)
  return endMs < newerMs
}

/** The hook of the target type PAUSE at which it stands. */
function pausedAt({ lifecycleHookDetails = [] }: ServiceDeployment): Rollout['paused'] {
  const hook = lifecycleHookDetails.find(({ status }) => status === 'AWAITING_ACTION')
  if (!hook?.hookId) return undefined
  const { hookId, expiresAt, timeoutAction } = hook
  return {
    hookId,
    ...(expiresAt ? { untilMs: Number(expiresAt) } : {}),
    ...(timeoutAction ? { otherwise: timeoutAction } : {}),
  }
}

const nameOf = (arn = '') => arn.split('/').at(-1) ?? ''

export function rolloutOf(
  deployment: ServiceDeployment,
  target: string,
  newerMs?: number,
): Rollout {
  const { sourceServiceRevisions = [], statusReason, rollback, lifecycleStage } = deployment
  const reason = statusReason ?? rollback?.reason
  const endedAt = deployment.finishedAt ?? deployment.stoppedAt
  const paused = pausedAt(deployment)
  return {
    id: deployment.serviceDeploymentArn ?? '',
    outcome: outcomeOf(deployment, newerMs),
    status: deployment.status ?? '',
    target,
    replaces: sourceServiceRevisions.length > 0,
    startedAtMs: Number(deployment.createdAt ?? 0),
    ...(endedAt ? { endedAtMs: Number(endedAt) } : {}),
    ...(lifecycleStage ? { stage: lifecycleStage } : {}),
    ...(paused ? { paused } : {}),
    ...(reason ? { reason } : {}),
  }
}

const plainOutcomes: Readonly<Record<string, RolloutOutcome>> = {
  COMPLETED: 'Succeeded',
  FAILED: 'Stopped',
}

/** For endpoints without service deployments: what the service's own list of deployments says. */
export function plainRollout(
  deployments: readonly DeploymentState[],
  service: Pick<Service, 'createdAt'>,
): Rollout | undefined {
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0]
  if (!primary?.rolloutState) return undefined
  return {
    id: primary.id ?? '',
    outcome: plainOutcomes[primary.rolloutState] ?? 'InProgress',
    status: primary.rolloutState,
    target: nameOf(primary.taskDefinition),
    replaces: deployments.length > 1,
    startedAtMs: primary.createdAtMs ?? Number(service.createdAt ?? 0),
    ...(primary.rolloutStateReason ? { reason: primary.rolloutStateReason } : {}),
  }
}

/** Of content that AWS tried and took back, when nothing newer is told. */
export function rejectedRollout({ deploymentArn, status, reason }: Rejection): Rollout {
  return {
    id: deploymentArn,
    outcome: outcomes[status] ?? 'RolledBack',
    status,
    target: '',
    replaces: true,
    startedAtMs: 0,
    ...(reason ? { reason } : {}),
  }
}
