/** Schedules: create, read, replace, list, delete. When they come due is the machine's affair. */
import type {
  CreateScheduleInput,
  DeleteScheduleInput,
  GetScheduleOutput,
  ListSchedulesInput,
  ScheduleSummary,
  UpdateScheduleInput,
} from '@aws-sdk/client-scheduler'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { planSchedule } from '../../machines/schedules.ts'
import type { World } from '../../world.ts'
import {
  checkName,
  conflict,
  invalid,
  isRepeated,
  listed,
  notFound,
  remember,
  schedulerArn,
} from './common.ts'
import { checkTimeZone, parseExpression } from './expressions.ts'
import { requireGroup, usableGroup } from './groups.ts'
import { type ScheduleRecord, scheduleKey } from './state.ts'
import { shownTarget } from './targets.ts'

interface ByName {
  readonly Name?: string | undefined
  readonly GroupName?: string | undefined
}

function requireSchedule(world: World, { Name: name = '', GroupName: group = 'default' }: ByName) {
  checkName('name', name)
  requireGroup(world, group)
  const key = scheduleKey(group, name)
  const record = world.scheduler.schedules.get(key)
  if (!record) throw notFound(`Schedule ${name} does not exist.`)
  return { key, record }
}

/** All that a request declares, with AWS's defaults; what it leaves out is back at its default. */
function declared(
  input: CreateScheduleInput | UpdateScheduleInput,
  { world, now }: CallContext,
): GetScheduleOutput {
  const { ScheduleExpression: expression = '', ScheduleExpressionTimezone: zone = 'UTC' } = input
  checkTimeZone(zone)
  parseExpression(expression, zone)
  const { Mode: mode, MaximumWindowInMinutes: window } = input.FlexibleTimeWindow ?? {}
  if (mode !== 'OFF' && mode !== 'FLEXIBLE') {
    throw invalid('FlexibleTimeWindow.Mode must be OFF or FLEXIBLE.')
  }
  if (mode === 'OFF' && window !== undefined) {
    throw invalid('MaximumWindowInMinutes cannot be given when FlexibleTimeWindow.Mode is OFF.')
  }
  if (mode === 'FLEXIBLE' && !(window !== undefined && window >= 1 && window <= 1440)) {
    throw invalid('MaximumWindowInMinutes must be between 1 and 1440.')
  }
  const { StartDate: start, EndDate: end, State: state = 'ENABLED' } = input
  if (state !== 'ENABLED' && state !== 'DISABLED')
    throw invalid('State must be ENABLED or DISABLED.')
  if (start && start.getTime() < now - 300_000) {
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.')
  }
  if (end && end.getTime() <= Math.max(now, start?.getTime() ?? 0)) {
    throw invalid('The EndDate you specify must be later than now and than StartDate.')
  }
  const after = input.ActionAfterCompletion ?? 'NONE'
  if (after !== 'NONE' && after !== 'DELETE') {
    throw invalid('ActionAfterCompletion must be NONE or DELETE.')
  }
  if ((input.Description ?? '').length > 512) {
    throw invalid('Description can have at most 512 characters.')
  }
  return {
    ActionAfterCompletion: after,
    Description: input.Description,
    EndDate: end,
    FlexibleTimeWindow: input.FlexibleTimeWindow,
    KmsKeyArn: input.KmsKeyArn,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: zone,
    StartDate: start,
    State: state,
    Target: shownTarget(world, input.Target, now),
  }
}

function create(input: CreateScheduleInput, context: CallContext) {
  const { world, now } = context
  const { Name: name = '', GroupName: group = 'default' } = input
  checkName('name', name)
  checkName('groupName', group)
  const key = scheduleKey(group, name)
  const Arn = schedulerArn(world, `schedule/${key}`)
  const exists = world.scheduler.schedules.has(key)
  if (isRepeated('CreateSchedule', input, context) && exists) return { ScheduleArn: Arn }
  usableGroup(world, group)
  const settings = declared(input, context)
  if (exists) throw conflict(`Schedule ${name} already exists.`)
  const date = new Date(now)
  const record: ScheduleRecord = {
    schedule: {
      Arn,
      CreationDate: date,
      GroupName: group,
      LastModificationDate: date,
      Name: name,
      ...settings,
    },
    clock: {},
    anchor: Math.max(now, input.StartDate?.getTime() ?? 0),
    doneUntil: now - 1,
  }
  world.scheduler.schedules.set(key, record)
  planSchedule(world, key, record)
  remember('CreateSchedule', input, context)
  return { ScheduleArn: Arn }
}

function update(input: UpdateScheduleInput, context: CallContext) {
  const { world, now } = context
  const { key, record } = requireSchedule(world, input)
  const { Arn, CreationDate, GroupName, Name } = record.schedule
  if (isRepeated('UpdateSchedule', input, context)) return { ScheduleArn: Arn }
  usableGroup(world, GroupName ?? '')
  const settings = declared(input, context)
  // A rate goes on counting unless it is another, or begins at another time.
  const kept =
    settings.ScheduleExpression === record.schedule.ScheduleExpression &&
    settings.StartDate?.getTime() === record.schedule.StartDate?.getTime()
  const changed: ScheduleRecord = {
    schedule: {
      Arn,
      CreationDate,
      GroupName,
      LastModificationDate: new Date(now),
      Name,
      ...settings,
    },
    clock: {},
    anchor: kept ? record.anchor : Math.max(now, input.StartDate?.getTime() ?? 0),
    doneUntil: kept ? Math.max(record.doneUntil, now - 1) : now - 1,
  }
  world.scheduler.schedules.set(key, changed)
  planSchedule(world, key, changed)
  remember('UpdateSchedule', input, context)
  return { ScheduleArn: Arn }
}

function remove(input: DeleteScheduleInput, context: CallContext) {
  const { world } = context
  const key = scheduleKey(input.GroupName ?? 'default', input.Name ?? '')
  const gone = !world.scheduler.schedules.has(key)
  if (gone && isRepeated('DeleteSchedule', input, context)) return {}
  requireSchedule(world, input)
  world.scheduler.schedules.delete(key)
  remember('DeleteSchedule', input, context)
  return {}
}

function list(input: ListSchedulesInput, { world }: CallContext) {
  const { GroupName: group, NamePrefix: prefix = '', State: state } = input
  if (group !== undefined) requireGroup(world, group)
  const given = [...world.scheduler.schedules]
    .filter(([, { schedule }]) => group === undefined || schedule.GroupName === group)
    .filter(([, { schedule }]) => (schedule.Name ?? '').startsWith(prefix))
    .filter(([, { schedule }]) => state === undefined || schedule.State === state)
  const { items, more } = listed(given, input, ([key]) => key)
  const Schedules = items.map(
    ([, { schedule }]): ScheduleSummary => ({
      Arn: schedule.Arn,
      CreationDate: schedule.CreationDate,
      GroupName: schedule.GroupName,
      LastModificationDate: schedule.LastModificationDate,
      Name: schedule.Name,
      State: schedule.State,
      Target: { Arn: schedule.Target?.Arn },
    }),
  )
  return { Schedules, ...more }
}

export const scheduleHandlers: ServiceHandlers = {
  CreateSchedule: create,
  UpdateSchedule: update,
  DeleteSchedule: remove,
  ListSchedules: list,
  GetSchedule(input: ByName, { world }) {
    return { ...requireSchedule(world, input).record.schedule }
  },
}
