/** What a scheduled task needs, as calls. Pure. */
import type { Draft, PlanInput } from '../../kind.ts'
import { planner, waits } from '../../kit/planning.ts'
import type { DraftCall } from '../../model.ts'
import { toAwsTags } from '../../tags.ts'
import { toSchedule } from './aws-shape.ts'
import { isOver } from './expression.ts'
import type { ScheduledTaskSpec } from './manifest.ts'
import { fields } from './policy.ts'
import type { ScheduledTaskState } from './state.ts'

type Members = Record<string, unknown>
type Input = PlanInput<ScheduledTaskSpec, ScheduledTaskState>

export function plan(input: Input): Draft {
  const { want, live, now } = input
  if (want && !live?.state.schedule && live?.state.group !== 'DELETING' && isOver(want.spec, now)) {
    return { verdict: 'keep', notes: ['its last time has passed: nothing is scheduled'] }
  }
  return planned(started(input))
}

const planned = planner<ScheduledTaskSpec, ScheduledTaskState>({
  fields,
  desired: ({ name: _, ...members }) => members,
  compared: (state) => state.schedule ?? {},
  busy: ({ state }) =>
    state.group === 'DELETING'
      ? waits('Deleting', 'its group is being deleted, and the name is free after that')
      : undefined,
  create: (members, { want, tags }) => [
    {
      operation: 'scheduler:CreateScheduleGroup',
      input: { Name: want!.identity.name, Tags: toAwsTags(tags) },
    },
    createSchedule(want!.identity.name, members),
  ],
  update: ({ live, whole }, { want }) => {
    const { name } = want!.identity
    if (!live.state.schedule) return [createSchedule(name, whole)]
    const input = { Name: name, GroupName: name, ...toSchedule(given(whole)) }
    return [{ operation: 'scheduler:UpdateSchedule', input }]
  },
  tag: (live, tags) => [
    {
      operation: 'scheduler:TagResource',
      input: { ResourceArn: live.attributes.groupArn, Tags: toAwsTags(tags) },
    },
  ],
  // Its schedules go with a group.
  remove: ({ identity }) => [
    { operation: 'scheduler:DeleteScheduleGroup', input: { Name: identity.name } },
  ],
})

const createSchedule = (name: string, members: Members): DraftCall => ({
  operation: 'scheduler:CreateSchedule',
  input: { Name: name, GroupName: name, ...toSchedule(given(members)) },
  yields: { arn: 'ScheduleArn' },
})

const given = (members: Members): Members =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== null),
  )

/** AWS takes no start that lies more than five minutes back, milliseconds. */
const startMayBePast = 240_000

/** A start that has passed says nothing any more, and AWS would refuse it in any update: it is left out on both sides. */
function started(input: Input): Input {
  const { want, live, now } = input
  const passed = (start: unknown) =>
    start !== undefined && Date.parse(String(start)) < now - startMayBePast
  const without = <T extends object>(members: T): T => {
    const { startDate, ...rest } = members as T & { startDate?: unknown }
    return passed(startDate) ? (rest as unknown as T) : members
  }
  return {
    ...input,
    ...(want ? { want: { ...want, spec: without(want.spec) } } : {}),
    ...(live?.state.schedule
      ? { live: { ...live, state: { ...live.state, schedule: without(live.state.schedule) } } }
      : {}),
  }
}
