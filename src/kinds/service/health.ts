/** How a service is doing, by its deployments and counts. Pure. */
import { renderDuration } from '../../durations.ts'
import type { Health, Live } from '../../model.ts'
import { dyingWindowMs } from './dying.ts'
import { rejectedRollout } from './rollout.ts'
import type { DeploymentState, ServiceState } from './state.ts'

export function health({ state }: Live<ServiceState>): Health {
  const { counts, deployments } = state
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0]
  const failed = primary?.failedTasks ?? 0
  const { targets } = state
  const behind: Record<string, number> = targets
    ? { targets: targets.all, healthy: targets.healthy }
    : {}
  const progress = { ...counts, failed, ...behind }
  const report = state.report ? { report: state.report } : {}
  return { ...judge(state, primary, failed), progress, ...rolloutIn(state), ...report }
}

/** The newest roll-out; content that was taken back counts as rolled out last, where nothing newer is told. */
function rolloutIn({ rollout, rejected }: ServiceState): Pick<Health, 'rollout'> {
  const newest =
    rejected && rollout?.id !== rejected.deploymentArn && rollout?.outcome !== 'InProgress'
  return newest ? { rollout: rejectedRollout(rejected) } : rollout ? { rollout } : {}
}

function judge(
  state: ServiceState,
  primary: DeploymentState | undefined,
  failures: number,
): Pick<Health, 'state' | 'reason' | 'message'> {
  const { counts, deployments, events, report } = state
  const tasks = `${counts.running} of ${counts.desired} tasks running`
  if (state.status === 'DRAINING') {
    const message = `the service is being deleted, ${counts.running} tasks still run`
    return { state: 'Progressing', reason: 'Draining', message }
  }
  if (primary?.rolloutState === 'FAILED') {
    const why = primary.rolloutStateReason ?? 'the deployment failed'
    const message = [why, ...(report ? [report.summary] : events)].join(' | ')
    return { state: 'Failed', reason: 'Stopped', message }
  }
  if (state.stuck) {
    const fresh = `${primary?.runningCount ?? 0} of ${counts.desired} new tasks running, ${failures} failed`
    const said = report?.summary ?? events[0]
    const last = said ? ` | ${said}` : ''
    const message = `no progress for ${renderDuration(state.stuck.forMs)}: ${fresh}${last}`
    return { state: 'Failed', reason: 'ProgressDeadlineExceeded', message }
  }
  if (primary?.rolloutState === 'IN_PROGRESS' || deployments.length > 1) {
    const reason = 'DeploymentInProgress'
    const failed = failures > 0 ? `, ${failures} failed` : ''
    const { targets } = state
    const healthy = targets ? `, ${targets.healthy} of ${targets.all} targets healthy` : ''
    const message = `rolling out: ${rolled(state, primary)}, ${counts.pending} pending${failed}${healthy}${standing(state)}${report ? `: ${report.summary}` : ''}`
    return { state: 'Progressing', reason, message }
  }
  if (state.dying) {
    const because = report ? `: ${report.summary}` : ''
    const message = `${tasks}; at least ${state.dying} ended by themselves within ${renderDuration(dyingWindowMs)}${because}`
    return { state: 'Progressing', reason: 'Unsteady', message }
  }
  if (counts.running !== counts.desired && state.taskSets !== undefined) {
    // What runs, and how much of it, is theirs to say: the service itself is as Git says.
    const doing =
      state.taskSets === 0
        ? 'it has no task set yet; whoever deploys it makes one'
        : `whoever deploys it scales its task ${state.taskSets === 1 ? 'set' : 'sets'}`
    const message = `${tasks}: ${doing} (deploymentController EXTERNAL)`
    return { state: 'Ready', reason: 'DeployedElsewhere', message }
  }
  if (counts.running !== counts.desired) {
    const message = `${tasks}, ${counts.pending} pending`
    return { state: 'Progressing', reason: 'Scaling', message }
  }
  return { state: 'Ready', reason: 'Steady', message: tasks }
}

/** At which stage it stands, and what lets it go on where AWS waits for a person. */
function standing({ rollout }: ServiceState): string {
  const { stage, paused, id } = rollout ?? {}
  if (!stage) return ''
  if (!paused) return `, stage ${stage}`
  const how = `aws ecs continue-service-deployment --service-deployment-arn ${id} --hook-id ${paused.hookId} --action CONTINUE`
  const end = paused.untilMs === undefined ? '' : ` by ${new Date(paused.untilMs).toISOString()}`
  const otherwise = paused.otherwise ? `, else ${paused.otherwise}` : ''
  return `, paused at ${stage} until somebody lets it go on${end}${otherwise}: ${how}`
}

/** While two revisions run side by side, the sum says nothing of how far it got. */
function rolled({ counts, deployments }: ServiceState, primary: DeploymentState | undefined) {
  if (deployments.length < 2) return `${counts.running} of ${counts.desired} tasks running`
  const fresh = primary?.runningCount ?? 0
  return `${fresh} of ${counts.desired} new tasks running beside ${counts.running - fresh} old`
}
