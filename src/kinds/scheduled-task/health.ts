/** How a scheduled task is doing: on its schedule, disabled, or over. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ScheduledTaskState } from './state.ts'

export function health({ state }: Live<ScheduledTaskState>): Health {
  const { schedule } = state
  if (state.over) {
    return { state: 'Ready', reason: 'Over', message: 'its last time has passed' }
  }
  if (!schedule) {
    return { state: 'Progressing', reason: 'NotScheduled', message: 'there is no schedule yet' }
  }
  const zone = schedule.scheduleExpressionTimezone ?? 'UTC'
  const expression = String(schedule.scheduleExpression)
  const when = expression.startsWith('rate(') ? expression : `${expression} ${zone}`
  if (schedule.state === 'DISABLED') {
    return { state: 'Ready', reason: 'Disabled', message: `disabled: ${when}` }
  }
  return { state: 'Ready', reason: 'Scheduled', message: when }
}
