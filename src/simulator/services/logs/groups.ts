/** Log groups: create, describe, delete, how long they keep what they hold, their tags. */
import type {
  CreateLogGroupRequest,
  DescribeLogGroupsRequest,
  LogGroup,
} from '@aws-sdk/client-cloudwatch-logs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { groupArn, requireGroup } from './lookups.ts'
import type { LogGroupRecord } from './state.ts'
import { dropStreams } from './streams.ts'

const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
]

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

function mergeTags(
  existing: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const merged = { ...existing, ...tags }
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw invalid(`The tag with the key '${key}' is invalid.`)
    }
  }
  if (Object.keys(merged).length > 50) {
    throw new AwsError('TooManyTagsException', 'A log group can have at most 50 tags.')
  }
  return merged
}

function create(input: CreateLogGroupRequest, { world, now }: CallContext) {
  const { logGroupName: name = '', kmsKeyId, logGroupClass = 'STANDARD' } = input
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    )
  }
  const tags = mergeTags({}, input.tags)
  if (world.logs.groups.has(name)) {
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists')
  }
  const record = { name, created: now, logGroupClass, ...(kmsKeyId && { kmsKeyId }) }
  world.logs.groups.set(name, record)
  if (Object.keys(tags).length > 0) world.tags.set(groupArn(world, name), tags)
  return {}
}

function shown(world: World, record: LogGroupRecord): LogGroup {
  const { retentionInDays, kmsKeyId } = record
  return {
    logGroupName: record.name,
    creationTime: record.created,
    ...(retentionInDays !== undefined && { retentionInDays }),
    metricFilterCount: 0,
    arn: `${groupArn(world, record.name)}:*`,
    storedBytes: 0,
    ...(kmsKeyId && { kmsKeyId }),
    logGroupClass: record.logGroupClass as never,
    logGroupArn: groupArn(world, record.name),
  }
}

function describe(input: DescribeLogGroupsRequest, { world }: CallContext) {
  const { logGroupNamePrefix: prefix = '', logGroupNamePattern: pattern = '' } = input
  if (prefix && pattern) {
    throw invalid(
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    )
  }
  const given = [...world.logs.groups.values()].filter(
    ({ name }) => name.startsWith(prefix) && name.toLowerCase().includes(pattern.toLowerCase()),
  )
  const request = { nextToken: input.nextToken, maxResults: input.limit }
  const key = ({ name }: LogGroupRecord) => name
  const { items, nextToken } = page(given, request, { key, size: 50, max: 50 })
  return { logGroups: items.map((record) => shown(world, record)), ...(nextToken && { nextToken }) }
}

/** The ARN under which a group's tags are kept, of an ARN with or without `:*`. */
function requireTaggable(world: World, arn = ''): string {
  const name = /^arn:[^:]+:logs:[^:]*:\d{12}:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1]
  if (name === undefined) throw invalid(`${arn} is not the ARN of a log group.`)
  return groupArn(world, requireGroup(world, name).name)
}

interface ByName {
  readonly logGroupName?: string
}

interface ByArn {
  readonly resourceArn?: string
}

export const logGroupHandlers: ServiceHandlers = {
  CreateLogGroup: create,
  DescribeLogGroups: describe,
  DeleteLogGroup({ logGroupName: name }: ByName, { world }) {
    requireGroup(world, name)
    world.logs.groups.delete(name ?? '')
    dropStreams(world, name ?? '')
    world.tags.delete(groupArn(world, name ?? ''))
    return {}
  },
  PutRetentionPolicy(input: ByName & { retentionInDays?: number }, { world }) {
    const record = requireGroup(world, input.logGroupName)
    const { retentionInDays = 0 } = input
    if (!RETENTIONS.includes(retentionInDays)) {
      throw invalid(
        `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTIONS.join(', ')}]`,
      )
    }
    world.logs.groups.set(record.name, { ...record, retentionInDays })
    return {}
  },
  DeleteRetentionPolicy({ logGroupName: name }: ByName, { world }) {
    const { retentionInDays: _, ...record } = requireGroup(world, name)
    world.logs.groups.set(record.name, record)
    return {}
  },
  TagResource(input: ByArn & { tags?: Record<string, string> }, { world }) {
    const arn = requireTaggable(world, input.resourceArn)
    world.tags.set(arn, mergeTags(world.tags.get(arn) ?? {}, input.tags))
    return {}
  },
  UntagResource(input: ByArn & { tagKeys?: string[] }, { world }) {
    const arn = requireTaggable(world, input.resourceArn)
    const left = Object.entries(world.tags.get(arn) ?? {}).filter(
      ([key]) => !input.tagKeys?.includes(key),
    )
    if (world.tags.has(arn)) world.tags.set(arn, Object.fromEntries(left))
    return {}
  },
  ListTagsForResource({ resourceArn: arn }: ByArn, { world }) {
    return { tags: { ...world.tags.get(requireTaggable(world, arn)) } }
  },
  ListTagsLogGroup({ logGroupName: name }: ByName, { world }) {
    return { tags: { ...world.tags.get(groupArn(world, requireGroup(world, name).name)) } }
  },
}
