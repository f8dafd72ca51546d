/** How a task is doing: under way, succeeded, or failed and not run again. Pure. */
import type { Health, Live } from '../../model.ts'
import type { Run } from './record.ts'
import type { Open, TaskState } from './state.ts'

export function health({ state }: Live<TaskState>): Health {
  const run = state.runs.find(({ hash }) => hash === state.content)
  if (!run || state.content === undefined) {
    return { state: 'Progressing', reason: 'NotRun', message: 'what Git says has not run yet' }
  }
  if (run.outcome === 'started') return underWay(run === state.runs[0] ? state.open : undefined)
  const when = run.at ? ` at ${run.at}` : ''
  if (run.outcome === 'succeeded') {
    const message = `succeeded${when}${run.message ? `: ${run.message}` : ''}`
    return { state: 'Ready', reason: 'Succeeded', message }
  }
  const again = 'not run again until Git changes or fairlead.dev/retry gets a new value'
  if (run.outcome === 'failed') {
    const message = `failed${when}${run.message ? `: ${run.message}` : ''}; ${again}`
    return { state: 'Failed', reason: 'TaskFailed', message }
  }
  return { state: 'Failed', reason: 'OutcomeUnknown', message: unknownText(run) }
}

const unknownText = ({ message }: Run) =>
  `${message ?? 'cannot tell whether it ran'}; set fairlead.dev/retry to a new value to run it again`

/** After this time a task that nobody limits is said to take long, milliseconds. */
const longRun = 3_600_000

function underWay(open: Open | undefined): Health {
  const tasks = open?.tasks ?? []
  const count = (of: (status: string) => boolean) => tasks.filter(({ status }) => of(status)).length
  const running = count((status) => status === 'RUNNING')
  const stopped = count((status) => status === 'STOPPED')
  const pending = tasks.length - running - stopped
  const progress = { running, pending, stopped }
  const words = Object.entries(progress).flatMap(([word, n]) => (n > 0 ? `${n} ${word}` : []))
  const hours = Math.floor((open?.forMs ?? 0) / longRun)
  const long = hours > 0 ? `; for ${hours} h already` : ''
  const message = words.length > 0 ? `${words.join(', ')}${long}` : 'started, no task seen yet'
  const reason = running > 0 ? 'Running' : 'Pending'
  return { state: 'Progressing', reason, message, progress }
}
