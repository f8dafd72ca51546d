/** CloudTrail as far as the event history: who wrote what, a few minutes later. */
import { AwsError, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import type { TrailRecord } from './state.ts'

/** "Typically within an average of about 5 minutes of an API call" (CloudTrail User Guide). */
const lagMs = 5 * 60_000

interface LookupInput {
  readonly LookupAttributes?: readonly { AttributeKey?: string; AttributeValue?: string }[]
  readonly StartTime?: Date
  readonly EndTime?: Date
  readonly MaxResults?: number
  readonly NextToken?: string
}

/** What an attribute looks at. Of the resources that a write concerns the simulator notes nothing. */
const attributes: Readonly<Record<string, (event: TrailRecord) => string>> = {
  EventId: ({ id }) => id,
  EventName: ({ name }) => name,
  EventSource: ({ source }) => source,
  ReadOnly: () => 'false',
  Username: (event) => userName(event),
  AccessKeyId: () => '',
  ResourceName: () => '',
  ResourceType: () => '',
}

export const cloudTrailHandlers: ServiceHandlers = {
  LookupEvents(input: LookupInput, { world, now }) {
    const { LookupAttributes: wanted = [], StartTime: start, EndTime: end } = input
    if (start && end && start > end) {
      throw new AwsError(
        'InvalidTimeRangeException',
        'The specified time range is not valid: the start time is after the end time.',
      )
    }
    const [attribute] = wanted
    const read = attribute && attributes[attribute.AttributeKey ?? '']
    if (wanted.length > 1 || (attribute && !read)) {
      throw new AwsError(
        'InvalidLookupAttributesException',
        'Only one lookup attribute can be specified, of those that are known.',
      )
    }
    const seen = [...world.cloudtrail.events.values()].filter(
      (event) =>
        event.at <= now - lagMs &&
        (!start || event.at >= start.getTime()) &&
        (!end || event.at <= end.getTime()) &&
        (!read || read(event) === attribute.AttributeValue),
    )
    const { items, nextToken } = page(
      seen,
      { nextToken: input.NextToken, maxResults: input.MaxResults },
      { key: ({ order }) => order, size: 50, max: 50, descending: true },
    )
    return {
      Events: items.map((event) => shown(event, world)),
      ...(nextToken && { NextToken: nextToken }),
    }
  },
}

const userName = ({ caller }: TrailRecord) =>
  caller ? caller.slice(caller.lastIndexOf('/') + 1) : 'simulator'

function shown(event: TrailRecord, world: World) {
  return {
    EventId: event.id,
    EventName: event.name,
    ReadOnly: 'false',
    EventTime: new Date(event.at),
    EventSource: event.source,
    Username: userName(event),
    Resources: [],
    CloudTrailEvent: JSON.stringify(recordOf(event, world)),
  }
}

/** The record's contents as the CloudTrail User Guide lists them, without what the simulator does not know. */
function recordOf(event: TrailRecord, { account, region }: World) {
  const { caller } = event
  const type = caller ? 'AssumedRole' : 'IAMUser'
  const arn = caller ?? `arn:aws:iam::${account}:user/simulator`
  return {
    eventVersion: '1.11',
    userIdentity: {
      type,
      arn,
      accountId: account,
      ...(caller ? {} : { userName: userName(event) }),
    },
    eventTime: new Date(event.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: event.source,
    eventName: event.name,
    awsRegion: region,
    sourceIPAddress: '127.0.0.1',
    userAgent: event.userAgent,
    requestParameters: camelCased(event.parameters),
    eventID: event.id,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  }
}

/** Names begin in lower case there, whatever the service's own API does. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.slice(0, 1).toLowerCase() + name.slice(1),
      camelCased(inner),
    ]),
  )
}
