/** Log streams: what was written into them, and how it is read. */
import type {
  DescribeLogStreamsRequest,
  GetLogEventsRequest,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { groupArn, requireGroup } from './lookups.ts'
import type { LogEvent, LogStreamRecord } from './state.ts'

/** So many streams are kept, the newest ones, and so many lines of each. */
const KEPT_STREAMS = 1_000
const KEPT_EVENTS = 100

function keyOf(group: string, stream: string): string {
  return `${group}\n${stream}`
}

/** Makes a group as a log driver does that may, unless it is there. */
export function ensureGroup(world: World, name: string, now: number): void {
  if (world.logs.groups.has(name)) return
  world.logs.groups.set(name, { name, created: now, logGroupClass: 'STANDARD' })
}

/** Adds lines to a stream, which comes into being with its first ones, or without any. */
export function appendEvents(
  world: World,
  { group, stream }: { readonly group: string; readonly stream: string },
  lines: readonly string[],
  at: number,
): void {
  const { streams } = world.logs
  const key = keyOf(group, stream)
  const before = streams.get(key) ?? { group, name: stream, created: at, events: [] }
  const events = [...before.events, ...lines.map((message) => ({ at, message }))]
  streams.set(key, { ...before, events: events.slice(-KEPT_EVENTS) })
  const [oldest] = streams.keys()
  if (streams.size > KEPT_STREAMS && oldest !== undefined) streams.delete(oldest)
}

/** Forgets the streams of a group that is deleted. */
export function dropStreams(world: World, group: string): void {
  for (const [key, stream] of world.logs.streams) {
    if (stream.group === group) world.logs.streams.delete(key)
  }
}

/** A group's name in a request: by its name, or an identifier that may be an ARN. */
function groupOf(world: World, name: string | undefined, identifier: string | undefined): string {
  const id = identifier?.replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '')
  return requireGroup(world, name ?? id).name
}

/** Tokens say where in the stream the next page begins: forward from there, or backward up to there. */
function token(direction: 'f' | 'b', index: number): string {
  return `${direction}/${String(index).padStart(56, '0')}/s`
}

function getEvents(input: GetLogEventsRequest, { world }: CallContext) {
  const group = groupOf(world, input.logGroupName, input.logGroupIdentifier)
  const stream = world.logs.streams.get(keyOf(group, input.logStreamName ?? ''))
  if (!stream) {
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
  }
  const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = 10_000 } = input
  const events = stream.events.filter(({ at }) => at >= startTime && at < endTime)
  const [from, to] = spanOf(input, events, limit)
  return {
    events: events.slice(from, to).map(({ at, message }) => ({
      timestamp: at,
      message,
      ingestionTime: at + 500,
    })),
    nextForwardToken: token('f', to),
    nextBackwardToken: token('b', from),
  }
}

function spanOf(
  { nextToken, startFromHead }: GetLogEventsRequest,
  { length }: readonly LogEvent[],
  limit: number,
): [number, number] {
  if (nextToken === undefined) {
    return startFromHead ? [0, Math.min(limit, length)] : [Math.max(0, length - limit), length]
  }
  const match = /^([fb])\/(\d{56})\/s$/.exec(nextToken)
  if (!match) {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.')
  }
  const at = Math.min(Number(match[2]), length)
  return match[1] === 'f' ? [at, Math.min(at + limit, length)] : [Math.max(0, at - limit), at]
}

function shown(world: World, { group, name, created, events }: LogStreamRecord): LogStream {
  const [first, last] = [events[0], events.at(-1)]
  return {
    logStreamName: name,
    creationTime: created,
    ...(first && { firstEventTimestamp: first.at }),
    ...(last && { lastEventTimestamp: last.at, lastIngestionTime: last.at + 500 }),
    arn: `${groupArn(world, group)}:log-stream:${name}`,
    storedBytes: 0,
  }
}

function describe(input: DescribeLogStreamsRequest, { world }: CallContext) {
  const { logStreamNamePrefix: prefix = '', orderBy = 'LogStreamName', descending } = input
  const group = groupOf(world, input.logGroupName, input.logGroupIdentifier)
  const byTime = orderBy === 'LastEventTime'
  if (byTime && prefix) {
    throw new AwsError(
      'InvalidParameterException',
      'Cannot order by LastEventTime with a logStreamNamePrefix.',
    )
  }
  const given = [...world.logs.streams.values()].filter(
    (stream) => stream.group === group && stream.name.startsWith(prefix),
  )
  const key = ({ name, events }: LogStreamRecord) =>
    byTime ? `${String(events.at(-1)?.at ?? 0).padStart(15, '0')} ${name}` : name
  const request = { nextToken: input.nextToken, maxResults: input.limit }
  const { items, nextToken } = page(given, request, {
    key,
    size: 50,
    max: 50,
    ...(descending && { descending }),
  })
  return {
    logStreams: items.map((stream) => shown(world, stream)),
    ...(nextToken && { nextToken }),
  }
}

export const logStreamHandlers: ServiceHandlers = {
  GetLogEvents: getEvents,
  DescribeLogStreams: describe,
}
