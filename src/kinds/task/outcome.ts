/** Whether stopped tasks did their work. Pure. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import type { Result } from './state.ts'

/** What ECS ends with SIGTERM or SIGKILL once another essential container has ended. */
const stoppedByEcs: readonly unknown[] = [143, 137]

/**
 * Succeeded when in every task the essential containers that ended by themselves exited 0. `essential` answers for a
 * task and the name of one of its containers.
 */
export function resultOf(
  tasks: readonly Task[],
  essential: (task: Task, container: string) => boolean,
): Result {
  const verdicts = tasks.map((task) => judge(task, (name) => essential(task, name)))
  const failed = verdicts.filter(({ ok }) => !ok)
  const shown = (failed[0] ?? verdicts[0])?.why ?? 'no task'
  const many = tasks.length > 1
  const stopped = tasks.flatMap(({ stoppedAt }) => stoppedAt?.getTime() ?? [])
  const at = stopped.length > 0 ? inSeconds(Math.max(...stopped)) : undefined
  return {
    outcome: failed.length > 0 ? 'failed' : 'succeeded',
    message:
      failed.length > 0 && many ? `${failed.length} of ${tasks.length} tasks: ${shown}` : shown,
    ...(at ? { at } : {}),
  }
}

const inSeconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

function judge(task: Task, essential: (name: string) => boolean): { ok: boolean; why: string } {
  const { stopCode, stoppedReason = '', containers = [] } = task
  const exited =
    stopCode === 'EssentialContainerExited' ||
    (stopCode === undefined && /essential containers? in task exited/i.test(stoppedReason))
  const own = containers.filter(({ name = '' }) => essential(name))
  const wrong = own.filter(
    ({ exitCode, reason }) =>
      (exitCode !== undefined && exitCode !== 0 && !wasStopped({ exitCode, reason })) ||
      (exitCode === undefined && reason !== undefined),
  )
  const done = own.filter(({ exitCode }) => exitCode === 0)
  if (exited && wrong.length === 0 && done.length > 0) return { ok: true, why: texts(done) }
  const guilty = wrong.length > 0 ? wrong : own.filter(({ exitCode }) => exitCode !== undefined)
  if (exited) return { ok: false, why: texts(guilty) || stoppedReason }
  const why = [stoppedReason || stopCode || 'it stopped', texts(wrong)].filter(Boolean).join('; ')
  return { ok: false, why }
}

const wasStopped = ({ exitCode, reason }: Pick<Container, 'exitCode' | 'reason'>) =>
  stoppedByEcs.includes(exitCode) && !/OutOfMemory/.test(reason ?? '')

const texts = (containers: readonly Container[]) =>
  containers
    .map(({ name, exitCode, reason }) => {
      const ended = exitCode === undefined ? 'did not start' : `exited ${exitCode}`
      return `${name} ${ended}${reason ? ` (${reason})` : ''}`
    })
    .join(', ')
