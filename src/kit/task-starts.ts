/** How long tasks take from being asked for to running: told once for each task. */
import type { ObserveContext } from '../kind.ts'

interface Timed {
  readonly taskArn?: string | undefined
  readonly launchType?: string | undefined
  readonly createdAt?: Date | undefined
  readonly startedAt?: Date | undefined
}

/** What started longer ago was told by a process before this one, milliseconds. */
const news = 15 * 60_000
/** How many tasks are remembered as told; those that started long ago are no news anyway. */
const mostKept = 5_000

function toldIn(memory: ObserveContext['memory']): Set<string> {
  const told = (memory.get('timed') as Set<string> | undefined) ?? new Set<string>()
  memory.set('timed', told)
  return told
}

/** Those whose start is still to be told. */
export const untimed = (arns: readonly string[], memory: ObserveContext['memory']): string[] =>
  arns.filter((arn) => !toldIn(memory).has(arn))

/** Tells of tasks that have started since they were last looked at. */
export function noteStarts(
  tasks: readonly Timed[],
  { memory, now, onTaskStart }: Pick<ObserveContext, 'memory' | 'now' | 'onTaskStart'>,
): void {
  const told = toldIn(memory)
  for (const { taskArn, launchType = 'EC2', createdAt, startedAt } of tasks) {
    if (!taskArn || !createdAt || !startedAt || told.has(taskArn)) continue
    told.add(taskArn)
    if (now - startedAt.getTime() > news) continue
    onTaskStart?.(launchType, (startedAt.getTime() - createdAt.getTime()) / 1_000)
  }
  for (const arn of told) {
    if (told.size <= mostKept) break
    told.delete(arn)
  }
}
