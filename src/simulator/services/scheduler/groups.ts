/** Schedule groups: create, read, list, delete, and the tags that only they can have. */
import type {
  CreateScheduleGroupInput,
  DeleteScheduleGroupInput,
  GetScheduleGroupOutput,
  ListScheduleGroupsInput,
  Tag,
} from '@aws-sdk/client-scheduler'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { wakeAt } from '../../machines/agenda.ts'
import { between } from '../../machines/random.ts'
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
import type { ScheduleGroupRecord } from './state.ts'

/** How long a group and its schedules take to go, milliseconds. */
const deleting = [10_000, 30_000] as const

/** The group that every account has. */
const defaultGroup: ScheduleGroupRecord = {
  name: 'default',
  created: new Date(Date.UTC(2022, 10, 10)),
  modified: new Date(Date.UTC(2022, 10, 10)),
  clock: {},
}

export function requireGroup(world: World, name: string): ScheduleGroupRecord {
  const record = name === 'default' ? defaultGroup : world.scheduler.groups.get(name)
  if (!record) throw notFound(`Schedule group ${name} does not exist.`)
  return record
}

/** A group that takes schedules. Throws ConflictException for one that is being deleted. */
export function usableGroup(world: World, name: string): ScheduleGroupRecord {
  const record = requireGroup(world, name)
  if (record.goneAt !== undefined) throw conflict(`Schedule group ${name} is being deleted.`)
  return record
}

function groupArn(world: World, name: string): string {
  return schedulerArn(world, `schedule-group/${name}`)
}

function shown(world: World, record: ScheduleGroupRecord): GetScheduleGroupOutput {
  return {
    Arn: groupArn(world, record.name),
    Name: record.name,
    State: record.goneAt === undefined ? 'ACTIVE' : 'DELETING',
    CreationDate: record.created,
    LastModificationDate: record.modified,
  }
}

function create(input: CreateScheduleGroupInput, context: CallContext) {
  const { world, now } = context
  const { Name: name = '' } = input
  checkName('name', name)
  const tags = mergeTags({}, input.Tags)
  const exists = name === 'default' || world.scheduler.groups.has(name)
  const answer = { ScheduleGroupArn: groupArn(world, name) }
  if (isRepeated('CreateScheduleGroup', input, context) && exists) return answer
  if (exists) throw conflict(`Schedule group ${name} already exists.`)
  const date = new Date(now)
  world.scheduler.groups.set(name, { name, created: date, modified: date, clock: {} })
  if (input.Tags?.length) world.tags.set(groupArn(world, name), tags)
  remember('CreateScheduleGroup', input, context)
  return answer
}

function remove(input: DeleteScheduleGroupInput, context: CallContext) {
  const { world, now } = context
  const { Name: name = '' } = input
  checkName('name', name)
  if (name === 'default') throw invalid('The default schedule group cannot be deleted.')
  const record = world.scheduler.groups.get(name)
  if (!record && isRepeated('DeleteScheduleGroup', input, context)) return {}
  requireGroup(world, name)
  if (record && record.goneAt === undefined) {
    const goneAt = now + between(world, 'schedule-group', ...deleting)
    const dying = { ...record, modified: new Date(now), clock: {}, goneAt }
    world.scheduler.groups.set(name, dying)
    wakeAt(world, 'schedule-group', name, dying.clock, goneAt)
  }
  remember('DeleteScheduleGroup', input, context)
  return {}
}

/** The ARN of a group that a tag operation names; schedules have no tags. */
function requireTaggable(world: World, arn = ''): string {
  const name = /^arn:[^:]+:scheduler:[^:]*:\d{12}:schedule-group\/([0-9a-zA-Z\-_.]+)$/.exec(
    arn,
  )?.[1]
  if (name === undefined)
    throw invalid(`Invalid resource ARN ${arn}: only schedule groups have tags.`)
  requireGroup(world, name)
  return groupArn(world, name)
}

function mergeTags(existing: Readonly<Record<string, string>>, tags: readonly Tag[] = []) {
  const merged = { ...existing }
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw invalid(`The tag with the key '${key}' is invalid.`)
    }
    merged[key] = value
  }
  if (Object.keys(merged).length > 50) throw invalid('A schedule group can have at most 50 tags.')
  return merged
}

interface Tagged {
  readonly ResourceArn?: string
}

export const groupHandlers: ServiceHandlers = {
  CreateScheduleGroup: create,
  DeleteScheduleGroup: remove,
  GetScheduleGroup({ Name: name = '' }: { Name?: string }, { world }) {
    checkName('name', name)
    return { ...shown(world, requireGroup(world, name)) }
  },
  ListScheduleGroups(input: ListScheduleGroupsInput, { world }) {
    const { NamePrefix: prefix = '' } = input
    const all = [defaultGroup, ...world.scheduler.groups.values()]
    const given = all.filter(({ name }) => name.startsWith(prefix))
    const { items, more } = listed(given, input, ({ name }) => name)
    return { ScheduleGroups: items.map((record) => shown(world, record)), ...more }
  },
  TagResource(input: Tagged & { Tags?: Tag[] }, { world }) {
    const arn = requireTaggable(world, input.ResourceArn)
    world.tags.set(arn, mergeTags(world.tags.get(arn) ?? {}, input.Tags))
    return {}
  },
  UntagResource(input: Tagged & { TagKeys?: string[] }, { world }) {
    const arn = requireTaggable(world, input.ResourceArn)
    const left = Object.entries(world.tags.get(arn) ?? {}).filter(
      ([key]) => !input.TagKeys?.includes(key),
    )
    if (world.tags.has(arn)) world.tags.set(arn, Object.fromEntries(left))
    return {}
  },
  ListTagsForResource(input: Tagged, { world }) {
    const tags = world.tags.get(requireTaggable(world, input.ResourceArn)) ?? {}
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
}
