/** What the operations of Auto Scaling share: finding a group, its refusals, pages. */
import type { TagDescription } from '@aws-sdk/client-auto-scaling'
import { AwsError, type CallContext } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import type { GroupRecord } from './state.ts'

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message)
}

/** The group of this name. Throws ValidationError. */
export function requireGroup(world: World, name: string | undefined): GroupRecord {
  const record = world.autoscaling.groups.get(name ?? '')
  if (record) return record
  throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`)
}

/** As `requireGroup`, for operations that a group refuses once it is being deleted. */
export function requireLivingGroup(world: World, name: string | undefined): GroupRecord {
  const record = requireGroup(world, name)
  if (!record.deleting) return record
  throw new AwsError(
    'ScalingActivityInProgress',
    `The group ${name} is pending delete: you cannot change it.`,
  )
}

/** The member with this instance id, and its group. Throws ValidationError. */
export function requireMember(world: World, instanceId: string | undefined) {
  for (const record of world.autoscaling.groups.values()) {
    const member = record.members.find((one) => one.instanceId === instanceId)
    if (member) return { record, member }
  }
  throw invalid(`Instance Id not found - No managed instance found for instance ID ${instanceId}`)
}

export interface PageInput {
  readonly MaxRecords?: number
  readonly NextToken?: string
}

/** One page: 50 records unless asked otherwise, 100 at most. */
export function pageOf<Item>(
  items: readonly Item[],
  { MaxRecords, NextToken }: PageInput,
  key: (item: Item) => string,
) {
  try {
    const request = { maxResults: MaxRecords, nextToken: NextToken }
    return page(items, request, { key, size: 50, max: 100 })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (NextToken) throw new AwsError('InvalidNextToken', 'The NextToken value is not valid.')
    throw invalid(`The value of MaxRecords must be between 1 and 100, but was ${MaxRecords}.`)
  }
}

export function groupArn(context: CallContext, name: string): string {
  const hex = context.id()
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  return `arn:aws:autoscaling:${context.region}:${context.account}:autoScalingGroup:${id}:autoScalingGroupName/${name}`
}

interface TagInput {
  readonly Key?: string | undefined
  readonly Value?: string | undefined
  readonly PropagateAtLaunch?: boolean | undefined
}

/** Tags over those that are there already, sorted by key. Throws ValidationError. */
export function mergedTags(
  name: string,
  existing: readonly TagDescription[],
  added: readonly TagInput[],
): TagDescription[] {
  const byKey = new Map(existing.map((tag) => [tag.Key ?? '', tag]))
  for (const { Key = '', Value = '', PropagateAtLaunch = false } of added) {
    if (Key === '' || Key.length > 128) throw invalid(`The tag key '${Key}' is not valid.`)
    if (/^aws:/i.test(Key)) throw invalid(`Tag keys that start with 'aws:' are reserved: '${Key}'.`)
    if (Value.length > 256) throw invalid(`The value of tag '${Key}' is too long.`)
    byKey.set(Key, {
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      Key,
      Value,
      PropagateAtLaunch,
    })
  }
  if (byKey.size > 50) throw invalid('A group can have at most 50 tags.')
  return [...byKey.values()].sort((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1))
}
