/**
 * Reads schedules: a list says, a hundred at a time, which have changed since they were read last, and only those are
 * read. Their groups are asked for where a schedule is missing, or the tagging index does not show them yet.
 */
import type {
  GetScheduleGroupOutput,
  GetScheduleOutput,
  ListSchedulesOutput,
  ListTagsForResourceOutput,
  ScheduleSummary,
} from '@aws-sdk/client-scheduler'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { type Answers, unlessMissing, unread } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import { fromSchedule } from './aws-shape.ts'
import { isOver } from './expression.ts'
import type { ScheduledTaskSpec } from './manifest.ts'
import type { ScheduledTaskState } from './state.ts'

type Found = Observation<ScheduledTaskState>

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ScheduledTaskSpec>[],
): Promise<Answers<ScheduledTaskState>> {
  const listed = await list(context, wanted)
  const answers = wanted.map(async (want): Promise<[ObjectKey, Found]> => {
    const { key } = want.manifest
    try {
      return [key, await look(context, want, listed.get(want.identity.name))]
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      return [key, unread(error)]
    }
  })
  return new Map(await Promise.all(answers))
}

/** By name. Other people's schedules must not cost more than reading ours one by one. */
async function list(
  { read }: ObserveContext,
  wanted: readonly Wanted<ScheduledTaskSpec>[],
): Promise<ReadonlyMap<string, ScheduleSummary>> {
  const names = new Set(wanted.map(({ identity }) => identity.name))
  const found = new Map<string, ScheduleSummary>()
  let token: string | undefined
  for (let pages = 0; pages < wanted.length && found.size < names.size; pages++) {
    const page = await read<ListSchedulesOutput>('scheduler:ListSchedules', {
      MaxResults: 100,
      ...(token ? { NextToken: token } : {}),
    })
    for (const summary of page.Schedules ?? []) {
      const { Name: name = '', GroupName } = summary
      if (name === GroupName && names.has(name)) found.set(name, summary)
    }
    token = page.NextToken || undefined
    if (!token) break
  }
  return found
}

async function look(
  context: ObserveContext,
  { manifest, identity, spec }: Wanted<ScheduledTaskSpec>,
  summary: ScheduleSummary | undefined,
): Promise<Found> {
  const { name } = identity
  const schedule = await scheduleOf(name, summary, context)
  const group = await groupOf(name, schedule, context)
  if (!group) return { found: 'no' }
  const known = context.index.find(({ arn }) => arn === group.arn)?.tags
  const tags = known ?? (await tagsOf(group.arn, context))
  const arn = schedule?.Arn
  return {
    found: 'yes',
    live: {
      key: manifest.key,
      identity,
      attributes: { name, groupArn: group.arn, ...(arn ? { arn } : {}) },
      tags,
      state: {
        ...(schedule ? { schedule: fromSchedule(schedule) } : {}),
        group: group.state,
        over: isOver(spec, context.now),
      },
    },
  }
}

interface Remembered {
  readonly modifiedMs: number
  readonly schedule: GetScheduleOutput
}

/** A second change within this time may bear the same date, milliseconds. */
const sameDate = 5_000

/** What was read before is taken for what is there while the list shows its date. */
async function scheduleOf(
  name: string,
  summary: ScheduleSummary | undefined,
  { read, memory, now }: ObserveContext,
): Promise<GetScheduleOutput | undefined> {
  const key = `schedule:${name}`
  const remembered = memory.get(key) as Remembered | undefined
  const listedMs = summary?.LastModificationDate?.getTime()
  if (remembered && listedMs === remembered.modifiedMs) return remembered.schedule
  const schedule = await unlessMissing(
    read<GetScheduleOutput>('scheduler:GetSchedule', { Name: name, GroupName: name }),
  )
  if (!schedule?.Arn) {
    memory.delete(key)
    return undefined
  }
  const modifiedMs = schedule.LastModificationDate?.getTime()
  if (modifiedMs !== undefined && now - modifiedMs > sameDate) {
    memory.set(key, { modifiedMs, schedule } satisfies Remembered)
  }
  return schedule
}

/** A schedule's ARN names its group; without a schedule, or where it is to go, the group is asked for. */
async function groupOf(
  name: string,
  schedule: GetScheduleOutput | undefined,
  { read, teardown }: ObserveContext,
): Promise<{ arn: string; state: string } | undefined> {
  if (schedule?.Arn && !teardown) {
    const arn = schedule.Arn.replace(/:schedule\/([^/]+)\/.*$/, ':schedule-group/$1')
    return { arn, state: 'ACTIVE' }
  }
  const group = await unlessMissing(
    read<GetScheduleGroupOutput>('scheduler:GetScheduleGroup', { Name: name }),
  )
  return group?.Arn ? { arn: group.Arn, state: group.State ?? 'ACTIVE' } : undefined
}

async function tagsOf(ResourceArn: string, { read }: ObserveContext) {
  const answer = await read<ListTagsForResourceOutput>('scheduler:ListTagsForResource', {
    ResourceArn,
  })
  return fromAwsTags(answer.Tags as { Key?: string; Value?: string }[] | undefined)
}
