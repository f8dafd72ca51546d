/** Schedules that come due: they run their task, and plan their next time. Groups that are being deleted go. */
import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import { AwsError, type CallContext } from '../api.ts'
import { taskHandlers } from '../services/ecs/tasks.ts'
import { nextTime, parseExpression } from '../services/scheduler/expressions.ts'
import type { ScheduleRecord } from '../services/scheduler/state.ts'
import { runTaskInput } from '../services/scheduler/targets.ts'
import type { World } from '../world.ts'
import { wakeAt } from './agenda.ts'
import { between, draw, hexId } from './random.ts'

/** When a schedule comes due next, without the flexible window; undefined: never, or not while it is disabled. */
function nextOf({ schedule, anchor, doneUntil }: ScheduleRecord): number | undefined {
  const {
    ScheduleExpression = '',
    ScheduleExpressionTimezone = 'UTC',
    StartDate,
    EndDate,
  } = schedule
  const timing = parseExpression(ScheduleExpression, ScheduleExpressionTimezone)
  // A one-time schedule has no beginning and no end but its own time.
  const start = timing.kind === 'at' ? 0 : (StartDate?.getTime() ?? 0)
  const at = nextTime(timing, anchor, Math.max(doneUntil, start - 1))
  if (at === undefined || timing.kind === 'at') return at
  return EndDate && at > EndDate.getTime() ? undefined : at
}

/** Plans when a schedule is woken next. One that has come due for the last time may have to go. */
export function planSchedule(
  world: World,
  key: string,
  record: ScheduleRecord,
  cameDueAt?: number,
): void {
  const { State: state, ActionAfterCompletion: after, FlexibleTimeWindow: window } = record.schedule
  if (state !== 'ENABLED') return
  const at = nextOf(record)
  if (at === undefined) {
    if (after === 'DELETE' && cameDueAt !== undefined) world.scheduler.schedules.delete(key)
    return
  }
  const { Mode: mode, MaximumWindowInMinutes: minutes = 0 } = window ?? {}
  const late = mode === 'FLEXIBLE' ? between(world, 'schedule', 0, minutes * 60_000) : 0
  // Windows may overlap; time does not go back for that.
  wakeAt(world, 'schedule', key, record.clock, Math.max(at + late, cameDueAt ?? 0))
}

/** A schedule has come due: it runs its task. What ECS refuses is tried no second time. */
export function stepSchedule(world: World, key: string, record: ScheduleRecord, now: number): void {
  const { Name: name = '', Target: target } = record.schedule
  const due = nextOf(record) ?? now
  const done: ScheduleRecord = { ...record, clock: {}, doneUntil: due }
  world.scheduler.schedules.set(key, done)
  const input = target && runTaskInput(name, target)
  if (input) runTask(world, input, now)
  planSchedule(world, key, done, now)
}

function runTask(world: World, input: RunTaskRequest, now: number): void {
  const context: CallContext = {
    world,
    account: world.account,
    region: world.region,
    now,
    random: () => draw(world, 'schedule'),
    id: () => hexId(world, 'schedule'),
  }
  try {
    taskHandlers.RunTask?.(input, context)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
  }
}

/** A group that is being deleted is gone, with its schedules and tags. */
export function stepScheduleGroup(world: World, name: string): void {
  const { groups, schedules } = world.scheduler
  groups.delete(name)
  world.tags.delete(`arn:aws:scheduler:${world.region}:${world.account}:schedule-group/${name}`)
  for (const key of schedules.keys()) if (key.startsWith(`${name}/`)) schedules.delete(key)
}
