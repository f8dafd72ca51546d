/** How long the tasks of services that roll out take to start: two reads a service and look, for a few services only. */
import type { Task } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext } from '../../kind.ts'
import { noteStarts, untimed } from '../../kit/task-starts.ts'
import type { Live, Observation } from '../../model.ts'
import type { ServiceState } from './state.ts'

/** A fleet that rolls out is sampled: a sweep must not cost more for it. */
const watched = 5

/** Where reading tasks is not allowed, it is not asked for again. */
const denied = 'starts:denied'

export async function watchStarts(
  seen: readonly Observation<ServiceState>[],
  context: ObserveContext,
): Promise<void> {
  if (!context.onTaskStart || context.memory.has(denied)) return
  const rolling = seen
    .flatMap((each) => (each.found === 'yes' ? [each.live] : []))
    .filter(({ state }) => isRolling(state))
  await Promise.all(rolling.slice(0, watched).map((live) => lookAtTasks(live, context)))
}

export const isRolling = ({ deployments }: ServiceState) =>
  deployments.some(
    ({ status, rolloutState, runningCount = 0 }) =>
      status === 'PRIMARY' && rolloutState === 'IN_PROGRESS' && runningCount > 0,
  )

/** A service is none the worse for tasks that could not be read. */
async function lookAtTasks(
  { identity }: Live<ServiceState>,
  context: ObserveContext,
): Promise<void> {
  const { cluster, service: serviceName } = identity.parts
  try {
    const { taskArns = [] } = await context.read<{ taskArns?: string[] }>('ecs:ListTasks', {
      cluster,
      serviceName,
    })
    const tasks = untimed(taskArns, context.memory).slice(0, 100)
    if (tasks.length === 0) return
    const answer = await context.read<{ tasks?: Task[] }>('ecs:DescribeTasks', { cluster, tasks })
    noteStarts(answer.tasks ?? [], context)
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    if (error.class === 'denied') context.memory.set(denied, true)
  }
}
