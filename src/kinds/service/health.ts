/** How a service is doing, by its deployments and counts. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ServiceState } from './state.ts'

export function health({ state }: Live<ServiceState>): Health {
  const { counts, deployments, events } = state
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0]
  const progress = { ...counts, failed: primary?.failedTasks ?? 0 }
  const tasks = `${counts.running} of ${counts.desired} tasks running`
  if (state.status === 'DRAINING') {
    const message = `the service is being deleted, ${counts.running} tasks still run`
    return { state: 'Progressing', reason: 'Draining', message, progress }
  }
  if (primary?.rolloutState === 'FAILED') {
    const why = primary.rolloutStateReason ?? 'the deployment failed'
    const message = [why, ...events].join(' | ')
    return { state: 'Failed', reason: 'DeploymentFailed', message, progress }
  }
  if (primary?.rolloutState === 'IN_PROGRESS' || deployments.length > 1) {
    const reason = 'DeploymentInProgress'
    const failed = progress.failed > 0 ? `, ${progress.failed} failed` : ''
    const message = `rolling out: ${tasks}, ${counts.pending} pending${failed}`
    return { state: 'Progressing', reason, message, progress }
  }
  if (counts.running !== counts.desired) {
    const message = `${tasks}, ${counts.pending} pending`
    return { state: 'Progressing', reason: 'Scaling', message, progress }
  }
  return { state: 'Ready', reason: 'Steady', message: tasks, progress }
}
