/** How long tasks take from being asked for to running: told once for each task. */
import type { ObserveContext } from './kind.ts'

interface Timed {
  readonly taskArn?: string | undefined
  readonly launchType?: string | undefined
  readonly createdAt?: Date | undefined
  readonly startedAt?: Date | undefined
}

/** Tells of tasks that have started since they were last looked at. */
export function noteStarts(
  tasks: readonly Timed[],
  { memory, onTaskStart }: Pick<ObserveContext, 'memory' | 'onTaskStart'>,
): void {
  for (const { taskArn, launchType = 'EC2', createdAt, startedAt } of tasks) {
    if (!taskArn || !createdAt || !startedAt || memory.has(`timed:${taskArn}`)) continue
    memory.set(`timed:${taskArn}`, true)
    onTaskStart?.(launchType, (startedAt.getTime() - createdAt.getTime()) / 1_000)
  }
}
